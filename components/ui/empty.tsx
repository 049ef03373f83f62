/** Why nothing is here, and what to do. */
export const Empty = ({ title, children }: { title: string; children?: React.ReactNode }) => (
  <div className="empty"><strong>{title}</strong>{children}</div>
);
