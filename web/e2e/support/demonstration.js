// A demonstration for scripts that are run by hand or by `make bench`: served
// by a built octant in a folder that goes afterwards.

import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATIENCE = 60_000;

// serve answers the address of a demonstration and a way to end it.
export async function serve(octant) {
  const data = await mkdtemp(join(tmpdir(), "octant-demonstration-"));
  await chmod(data, 0o711); // the account of Postgres has to pass
  const child = spawn(octant, ["serve", "--demo"], {
    env: { ...process.env, OCTANT_ADDR: "127.0.0.1:0", OCTANT_METRICS_ADDR: "127.0.0.1:0", OCTANT_DATA: data },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const over = new Promise((resolve) => child.once("exit", resolve));
  const end = async () => {
    child.kill("SIGINT");
    await over;
    await rm(data, { recursive: true, force: true });
  };
  try {
    return { url: await greeted(child, over), end };
  } catch (fault) {
    await end();
    throw fault;
  }
}

function greeted(child, over) {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
      const found = said.match(/Octant is at (http:\/\/[0-9.:]+)/);
      if (found) resolve(found[1]);
    });
    over.then((code) => reject(new Error(`octant ended with ${code}`)));
    setTimeout(() => reject(new Error("octant does not start")), PATIENCE).unref();
  });
}

// cookie signs in as one of the demonstration's people.
export async function cookie(url, person) {
  const response = await fetch(`${url}/demo/sign-in`, {
    method: "POST",
    body: new URLSearchParams({ person }),
    redirect: "manual",
  });
  if (response.status !== 303) throw new Error(`signing in as ${person} answers ${response.status}`);
  return response.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");
}
