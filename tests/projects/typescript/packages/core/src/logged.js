export function logged() {
  return (target) => target;
}
