/** One thing that stands before a signature; `anchor` is where on the record's page it is put right, `address` another page where it is. */
export type Obstacle = { readonly sentence: string; readonly anchor: string; readonly holder: string; readonly address?: string };
