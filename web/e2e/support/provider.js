// An identity provider of a trust, for as long as a test needs one.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../oidc/provider.mjs", import.meta.url));
const [client, secret] = ["octant", "a secret of the tests"];

// startProvider starts one at which the site of an address is registered.
export async function startProvider(site) {
  const callback = new URL("/sign-in/oidc/callback", site).href;
  const settings = JSON.stringify({ port: 0, key: "1", client, secret, callback });
  const child = spawn(process.execPath, [PROGRAM, settings], { stdio: ["pipe", "pipe", "ignore"] });
  const [said] = await once(child.stdout, "data");
  const [issuer] = String(said).match(/http:\/\/127\.0\.0\.1:\d+/);
  return {
    issuer,
    end: () => child.stdin.end(),
    // register fills in and saves the form of a trust's sign-in.
    async register(page, domain) {
      await page.getByLabel("Issuer").fill(issuer);
      await page.getByLabel("Client ID").fill(client);
      await page.getByLabel("Client secret").fill(secret);
      await page.getByLabel("Email domains").fill(domain);
      await page.getByRole("button", { name: "Save", exact: true }).click();
    },
  };
}
