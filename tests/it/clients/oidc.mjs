// A provider of identities, for the tests: whoever types a name is that person.
//
// node oidc.mjs PORT WHERE REDIRECT: prints its issuer when it listens. Port 0 is any free one.
// WHERE is `token` or `userinfo`: where names and addresses are told. Each start has new keys.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

import Provider from "oidc-provider";

// The test reads the first line only; what the provider has to say after it is lost.
process.stdout.on("error", () => {});

const [port, where, redirect] = process.argv.slice(2);

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };

function claims(id) {
  if (id.startsWith("nameless")) return { sub: id };
  const told = { sub: id, preferred_username: id, email: `${id}@example.org` };
  return { ...told, email_verified: !id.startsWith("unseen") };
}

const configuration = {
  clients: [
    {
      client_id: "rookery",
      client_secret: "the secret of rookery at the provider",
      redirect_uris: [redirect],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username"] },
  conformIdTokenClaims: where === "userinfo",
  cookies: { keys: [randomUUID()] },
  findAccount: (_, id) => ({ accountId: id, claims: () => claims(id) }),
  jwks: { keys: [key] },
  pkce: { methods: ["S256"], required: () => true },
};

const server = createServer();
server.listen(Number(port), "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on("request", new Provider(issuer, configuration).callback());
  console.log(issuer);
});
