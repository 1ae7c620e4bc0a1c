import { isoTime, presentApp } from "../present.ts";
import { created, type Route } from "./route.ts";

/** What Probot's registration wizard asks for when a person comes back from GitHub with a code. */
export const SETUP_ROUTES: readonly Route[] = [
  {
    method: "POST",
    path: "/app-manifests/{code}/conversions",
    access: { kind: "anybody" },
    handle({ world }) {
      const { app } = world;
      return created({
        ...(presentApp(world) as Record<string, unknown>),
        client_id: `Iv1.${app.id}`,
        client_secret: "not-used-by-the-double",
        webhook_secret: app.webhookSecret,
        pem: app.privateKey,
        created_at: isoTime(app.createdAt),
      });
    },
  },
];
