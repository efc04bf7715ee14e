/** A share as `97.2 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Seconds as `42 s` or `3:05 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}

/** A count with thin spaces between thousands. */
export const thousands = (count: number): string => Math.round(count).toLocaleString("en").replaceAll(",", "\u202f");
