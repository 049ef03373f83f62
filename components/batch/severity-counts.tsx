import { Mark } from "../ui/mark.tsx";

type Props = { readonly critical: number; readonly major: number; readonly minor: number; readonly open: boolean };

/** Critical, major, minor in fixed columns; a critical one carries its mark. */
export const SeverityCounts = ({ critical, major, minor, open }: Props) => (
  <span className="severities">
    <span className={critical > 0 ? "p1" : "zero"}><span className="hidden-text">critical </span>{critical > 0 ? <Mark priority={1} filled={open} /> : null} {critical}</span>
    <span className={major > 0 ? "" : "zero"}><span className="hidden-text">major </span>{major}</span>
    <span className={minor > 0 ? "" : "zero"}><span className="hidden-text">minor </span>{minor}</span>
  </span>
);
