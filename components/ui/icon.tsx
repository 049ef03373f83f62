const paths = {
  site: "M2.5 13.5v-7l3.5 2v-2l3.5 2v-5h4v10z",
  chevron: "m4.5 6.5 3.5 3.5 3.5-3.5",
  right: "m6.5 4.5 3.5 3.5-3.5 3.5",
  search: "M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm-.8 3.2 3.3 3.3",
  done: "M13.500 8a5.500 5.500 0 1 1-11 0 5.500 5.500 0 0 1 11 0zM5.800 8.200l1.600 1.600 3-3.400",
  open: "M13.500 8a5.500 5.500 0 1 1-11 0 5.500 5.500 0 0 1 11 0z",
  check: "m3.500 8.500 3 3 6-7",
  cross: "m4.500 4.500 7 7m0-7-7 7",
  document: "M4 2.500h5.500L12.500 5.500v8H4zM9 2.500V6h3.500",
  exception: "M3 3v6M3 12.500v.1M8 3v6M8 12.500v.1M13 3v6M13 12.500v.1",
  trail: "M3 4h10M3 8h6M3 12h4M10.500 11.500l1.500 1.500 2.500-3.500",
  review: "M2.500 8S4.500 4 8 4s5.500 4 5.500 4-2 4-5.500 4S2.500 8 2.500 8zM9.800 8a1.800 1.800 0 1 1-3.600 0 1.800 1.800 0 0 1 3.600 0z",
  key: "M7 9.500a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0zM6.500 8l6-5.500M10.500 4.500l2 2",
  enter: "M9 3h4v10H9M2.500 8h7M7 5l3 3-3 3",
  download: "M8 2.500v7M5 7l3 3 3-3M3 13h10",
  bell: "M4.500 11.500V7a3.500 3.500 0 0 1 7 0v4.500zM3 11.500h10M7 13.500h2",
  columns: "M2.500 3.500h11v9h-11zM6.200 3.500v9M9.800 3.500v9",
} as const;
export type IconName = keyof typeof paths;

/** A line icon; decorative, words stand beside it. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={paths[name]} /></svg>
);
