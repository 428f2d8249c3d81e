// A certified OpenID provider, for tests: one client, anybody signs in under the name they type, no consent is kept.
// The name "amina" has the subject "subject-of-amina" and the address that ADDRESSES gives it.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const { PORT, REDIRECT_URI, CLIENT_ID, CLIENT_SECRET, ALGORITHM = "RS256", IN_TOKEN } = process.env;
const addresses = JSON.parse(process.env.ADDRESSES);
const issuer = `http://127.0.0.1:${PORT}`;

function key(kind, options, alg) {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg, kid: alg };
}

const provider = new Provider(issuer, {
  clients: [{
    client_id: CLIENT_ID,
    ...(CLIENT_SECRET ? { client_secret: CLIENT_SECRET } : { token_endpoint_auth_method: "none" }),
    redirect_uris: [REDIRECT_URI],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    id_token_signed_response_alg: ALGORITHM,
  }],
  jwks: { keys: [key("rsa", { modulusLength: 2048 }, "RS256"), key("ec", { namedCurve: "P-256" }, "ES256")] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: IN_TOKEN !== "yes",
  cookies: { keys: ["only for tests"] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => {
      const said = addresses[id.replace("subject-of-", "")] ?? {};
      return { sub: id, ...said };
    },
  }),
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  features: { devInteractions: { enabled: false } },
});

provider.use(async (context, next) => {
  if (!context.path.startsWith("/interaction/")) return next();
  const { prompt, params } = await provider.interactionDetails(context.req, context.res);
  const name = context.query.login;
  if (!name) {
    context.body = "who?";
    return undefined;
  }
  if (name === "nobody") {
    return provider.interactionFinished(context.req, context.res, { error: "access_denied" });
  }
  const grant = new provider.Grant({ accountId: `subject-of-${name}`, clientId: params.client_id });
  grant.addOIDCScope("openid email profile");
  return provider.interactionFinished(context.req, context.res, {
    login: { accountId: `subject-of-${name}`, remember: false },
    consent: { grantId: await grant.save() },
    prompt: prompt.name,
  });
});

provider.listen(Number(PORT), "127.0.0.1", () => console.log("ready"));
