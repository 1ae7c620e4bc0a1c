import { z } from "zod";

/** GitHub's advice is a random string of high entropy; sixteen characters is the least that could be one. */
const WEBHOOK_SECRET_CHARS_MIN = 16;
/** Less would ask GitHub and the clusters more often than anything changes. */
const RECONCILE_SECONDS_MIN = 10;
const RECONCILE_SECONDS_MAX = 86_400;

/** How a folder is named as the control plane. */
export const DIRECTORY_PREFIX = "directory:";

/** What the table in the README shows beside the name. */
interface VariableDocs {
  readonly description: string;
  /** In words; `required` where there is none. */
  readonly default: string;
  readonly example: string;
}

function documented<T extends z.ZodType>(schema: T, docs: VariableDocs): T {
  return schema.meta({ ...docs });
}

const WholeNumber = z
  .string()
  .regex(/^[0-9]+$/, "is not a whole number")
  .transform(Number);

/** Every variable of `serve`, in the order of the README's table. This is the only place that knows their names. */
export const Variables = z.object({
  APP_ID: documented(z.string("is missing").regex(/^[0-9]+$/, "is not the number of a GitHub App"), {
    description: "Number of the GitHub App, from its settings page.",
    default: "required",
    example: "123456",
  }),
  PRIVATE_KEY: documented(z.string().optional(), {
    description:
      "The App's private key, PEM, also in base64 or with `\\n` for line ends. This or `PRIVATE_KEY_PATH`.",
    default: "required",
    example: "-----BEGIN RSA PRIVATE KEY-----…",
  }),
  PRIVATE_KEY_PATH: documented(z.string().optional(), {
    description: "File with the private key. Nobody but its owner (and its group) may be able to read it.",
    default: "required",
    example: "/run/secrets/app.pem",
  }),
  WEBHOOK_SECRET: documented(
    z
      .string("is missing: without it anyone could send deliveries")
      .min(
        WEBHOOK_SECRET_CHARS_MIN,
        `is shorter than ${WEBHOOK_SECRET_CHARS_MIN} characters, or the well-known \`development\`: generate one, as by \`openssl rand -hex 32\``,
      )
      .refine((secret) => secret.trim() === secret, "begins or ends with white space"),
    {
      description: "Secret that GitHub signs deliveries with; the same as in the App's settings.",
      default: "required",
      example: "the output of `openssl rand -hex 32`",
    },
  ),
  PORT: documented(WholeNumber.refine((port) => port <= 65_535, "is not a port").default(3000), {
    description: "Port to listen on; 0 takes any that is free.",
    default: "`3000`",
    example: "8080",
  }),
  HOST: documented(z.string().min(1, "is empty").default("127.0.0.1"), {
    description: "Address to listen on. `0.0.0.0` where others must reach it, as in a container.",
    default: "`127.0.0.1`",
    example: "0.0.0.0",
  }),
  LOG_LEVEL: documented(
    z.enum(["debug", "info", "warn", "error"], "is none of `debug`, `info`, `warn`, `error`").default("info"),
    { description: "Least important log lines that are written.", default: "`info`", example: "debug" },
  ),
  GHE_HOST: documented(
    z
      .string()
      .regex(/^[A-Za-z0-9.-]+(:[0-9]{1,5})?$/, "is not a host name")
      .optional(),
    {
      description: "Host of a GitHub Enterprise Server.",
      default: "github.com",
      example: "github.example.com",
    },
  ),
  GITHUB_API_URL: documented(z.string().optional(), {
    description: "Base URL of GitHub's REST API, instead of `GHE_HOST`.",
    default: "`https://api.github.com`",
    example: "https://github.example.com/api/v3",
  }),
  PLUMBLINE_CONTROL_PLANE: documented(
    z
      .string()
      .default(`${DIRECTORY_PREFIX}./control-plane`)
      .refine((place) => !place.startsWith("kubernetes:"), {
        message: "names a namespace: control planes in Kubernetes are not built yet, use `directory:PATH`",
        abort: true,
      })
      .refine(
        (place) => place.startsWith(DIRECTORY_PREFIX) && place.length > DIRECTORY_PREFIX.length,
        "is not `directory:PATH`",
      ),
    {
      description:
        "Where Applications, AppProjects, Secrets and settings are: `directory:PATH`, a folder that is watched.",
      default: "`directory:./control-plane`",
      example: "directory:/etc/plumbline",
    },
  ),
  PLUMBLINE_STATE_DIR: documented(z.string().min(1, "is empty").default("./state"), {
    description: "Folder for mirrors of repositories and for the journal; one process at a time.",
    default: "`./state`",
    example: "/var/lib/plumbline",
  }),
  PLUMBLINE_RECONCILE_SECONDS: documented(
    WholeNumber.refine(
      (seconds) => seconds >= RECONCILE_SECONDS_MIN && seconds <= RECONCILE_SECONDS_MAX,
      `is not between ${RECONCILE_SECONDS_MIN} and ${RECONCILE_SECONDS_MAX}`,
    ).default(180),
    {
      description:
        "How often every Application and every open pull request is looked at without being asked.",
      default: "`180`",
      example: "60",
    },
  ),
  PLUMBLINE_MODE: documented(
    z
      .string()
      .default("sync")
      .refine((mode) => mode !== "companion", {
        message: "is `companion`: leaving the syncing to Argo CD is not built yet, use `sync`",
        abort: true,
      })
      .refine((mode) => mode === "sync", "is not `sync`"),
    { description: "`sync`: what is merged is synced from here.", default: "`sync`", example: "sync" },
  ),
  NODE_TLS_REJECT_UNAUTHORIZED: documented(
    z
      .string()
      .refine((value) => value !== "0", "is `0`: certificates would not be checked")
      .optional(),
    { description: "Must not be `0`.", default: "unset", example: "unset" },
  ),
  NODE_OPTIONS: documented(
    z
      .string()
      .refine((options) => !options.includes("--inspect"), "opens the debugger by `--inspect`")
      .optional(),
    { description: "Must not open the debugger.", default: "unset", example: "--max-old-space-size=512" },
  ),
});

/** The README's table of variables, Markdown. */
export function environmentTable(): string {
  const rows = Object.entries(Variables.shape).map(([name, schema]) => {
    const docs = schema.meta() as unknown as VariableDocs;
    return `| \`${name}\` | ${docs.description} | ${docs.default} | ${codeSpan(docs.example)} |`;
  });
  return ["| Variable | What it is | Default | Example |", "|---|---|---|---|", ...rows].join("\n");
}

function codeSpan(example: string): string {
  return example.includes("`") ? example : `\`${example}\``;
}
