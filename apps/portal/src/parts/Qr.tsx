import { useMemo } from 'react';
import { encode } from 'uqr';

/** Modules of white around it, without which scanners find nothing (ISO/IEC 18004). */
const QUIET = 4;

/** A text as a QR code: dark on light in both themes, for cameras read nothing else reliably. */
export default function Qr({ of, label }: { of: string; label: string }) {
  const { size, path } = useMemo(() => {
    const { data, size } = encode(of, { border: QUIET });
    const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
    return { size, path };
  }, [of]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
