// A real identity provider for tests: OpenID Connect with login and consent
// pages, PKCE required. Whoever signs in is whom they type, by email address.
//
//   node provider.mjs '{"port":0,"key":"1","client":"octant","secret":"…","callback":"http://…","unverified":["a@b.c"]}'
//
// It says where it is in one line and ends when its standard input does. "key"
// names the key it signs with, "inToken" puts the address into the ID token, as
// some providers do, instead of where the protocol has it.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const config = JSON.parse(process.argv[2]);
process.stdin.resume().on("end", () => process.exit(0));

function signingKey(kid) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
}

function account(email) {
  const claims = { sub: email, email, email_verified: !(config.unverified ?? []).includes(email) };
  return { accountId: email, claims: () => claims };
}

const server = createServer();
server.listen(config.port, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: config.client,
        client_secret: config.secret,
        redirect_uris: [config.callback],
        token_endpoint_auth_method: config.secretBy ?? "client_secret_basic",
      },
    ],
    clientAuthMethods: [config.secretBy ?? "client_secret_basic"],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: !config.inToken,
    cookies: { keys: [randomUUID()] },
    findAccount: (_, email) => account(email),
    jwks: { keys: [signingKey(config.key)] },
    pkce: { required: () => true },
  });
  server.on("request", provider.callback());
  console.log(`The provider is at ${issuer}`);
});
