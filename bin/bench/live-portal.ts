import type { AddressInfo } from "node:net";
import { openDatabase, providePortalDatabase } from "#db/client.ts";
import { openFrontDoor } from "#bin/portal/front-door.ts";
import { LiveHub } from "#bin/portal/live-hub.ts";
import { provideInstallation, type Installation } from "#lib/installation.ts";
import { liveChannel } from "#lib/telemetry/frame.ts";
import { answerParent, usage } from "./process.ts";

/** The portal of the benchmark: front door, ingest, bus and hub as in `bin/portal.ts`; pages answer 404. */
const questions = {
  start: async ({ portalUrl, authSecret }: { readonly portalUrl: string; readonly authSecret: string }): Promise<number> => {
    const door = await openFrontDoor(0, "127.0.0.1");
    const { port } = door.server.address() as AddressInfo;
    const database = openDatabase(portalUrl, 20);
    const installation: Installation = {
      publicUrl: `http://localhost:${port}`, authSecret, session: { idleMinutes: 30, hours: 10 }, coolOffHours: 24, signingKey: { kty: "OKP" }, keys: { all: () => [], current: () => undefined, prepare: () => {}, admit: () => {}, prepared: () => [] }, witnessDirectory: "", version: { root: ".", source: "" },
      oidc: { issuer: "urn:bench", clientId: "bench", clientSecret: "", scope: "openid", groupsClaim: "groups", demo: false },
    };
    provideInstallation(installation);
    providePortalDatabase(database);
    const hub = new LiveHub();
    await database.$client.listen(liveChannel, (payload) => hub.publish(payload));
    door.admit({
      database, installation, hub, identity: undefined, health: async () => ({ ready: true, body: {} }),
      pages: (_request, response) => void response.writeHead(404).end(),
    });
    return port;
  },
  usage,
};
export type LivePortal = typeof questions;
answerParent(questions);
