import { z } from "zod";

/** Id of a copy as it stands in an address. */
export const exportId = z.uuid();
