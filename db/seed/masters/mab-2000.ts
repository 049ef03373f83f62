import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { bufferPreparation } from "./mab-2000/buffers.ts";
import { captureAndInactivation } from "./mab-2000/capture.ts";
import { culture } from "./mab-2000/culture.ts";
import { bulkFilling } from "./mab-2000/filling.ts";
import { harvest } from "./mab-2000/harvest.ts";
import { media } from "./mab-2000/media.ts";
import { polishing } from "./mab-2000/polishing.ts";
import { seedTrain } from "./mab-2000/seed-train.ts";

/** In the order in which they are due; media stand beside the seed train and buffers beside the culture. */
const parts = [seedTrain, media, culture, bufferPreparation, harvest, captureAndInactivation, polishing, bulkFilling];

/** 2,000 L of CHO cells, fed for up to 14 d, from the vial of the cell bank to frozen drug substance. */
export const mab2000: MasterRecord = {
  format: "EBRMBR/2", id: "MBR-VB-102", version: 1, productId: "VB-102", title: "VB-102 mAb, 2,000 L CHO fed-batch", batchSize: { quantity: 2000, unit: "L" }, durationH: 504,
  purpose: "Frozen drug substance of the antibody VB-102 from one 2,000 L fed-batch culture. Time 0 is the inoculation of the production bioreactor: the vials are thawed 18 d before it, the culture is harvested on day 12 to 14, the bulk is frozen on day 20.",
  theoreticalYield: { name: "Antibody of the harvest, all of it in the bulk", quantity: 9300, unit: "g", parameter: "overall-yield" },
  precautions: "Recombinant CHO cells, biosafety level 1: closed transfer, inactivate all waste. Steam at 2.4 bar, centrifuge at 6,500 rpm, lines of the virus filter at 2 bar. Sodium hydroxide, acetic acid and feed B burn skin and eyes: face shield, apron, gloves. Carbon dioxide and nitrogen: oxygen alarm on. What was before the virus filter never enters purification suite 2.",
  materials: parts.flatMap((p) => p.materials), equipment: parts.flatMap((p) => p.equipment), parameters: parts.flatMap((p) => p.parameters), samples: parts.flatMap((p) => p.samples), procedure: parts.flatMap((p) => p.procedure),
};
