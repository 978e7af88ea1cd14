import { Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** A page: its title, what to do on it, and its content. */
export function Sheet({
  title,
  action,
  wide,
  children,
}: {
  title: string;
  action?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Salus`;
  }, [title]);
  return (
    <main id="content" className="column" data-wide={wide || undefined} tabIndex={-1}>
      <Stack gap="lg">
        <div className="rows">
          <div style={{ display: 'flex', justifyContent: 'space-between', gap: 16, alignItems: 'center' }}>
            <Title order={1}>{title}</Title>
            <div style={{ flexShrink: 0 }}>{action}</div>
          </div>
        </div>
        {children}
      </Stack>
    </main>
  );
}

/** One card with a heading. */
export function Section({ title, waiting, children }: { title: string; waiting?: boolean; children: ReactNode }) {
  return (
    <section className="card" data-waiting={waiting || undefined} aria-label={title}>
      <Stack gap="sm">
        <Title order={2}>{title}</Title>
        {children}
      </Stack>
    </section>
  );
}

/** Why a list is empty and what comes next. */
export const Empty = ({ children }: { children: ReactNode }) => <Text c="dimmed">{children}</Text>;

const TONES: Record<string, string> = {
  waiting: 'waiting',
  verified: 'waiting',
  active: 'good',
  approved: 'good',
  rejected: 'bad',
  suspended: 'bad',
};

/** A state in words, with a tone that never stands alone. */
export const State = ({ of, children }: { of: string; children: ReactNode }) => (
  <span className="state" data-tone={TONES[of] ?? 'plain'}>
    {children}
  </span>
);
