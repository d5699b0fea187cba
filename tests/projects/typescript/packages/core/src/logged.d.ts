export declare function logged(): (target: unknown) => unknown;
export declare function unlogged(level: number): void;
