import picocolors from 'picocolors';

/** How text is laid out: the width of the terminal, and its colours or none. */
export interface Style {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colours: ReturnType<typeof picocolors.createColors>;
}

/** Columns where there is no terminal to ask: wide enough that no table of a pipe is cut. */
const DEFAULT_WIDTH = 200;

/** Makes the style of one stream; colours only on a terminal. */
export function createStyle(options: {
  readonly width?: number | undefined;
  readonly hasColours: boolean;
}): Style {
  return {
    width: options.width ?? DEFAULT_WIDTH,
    colours: picocolors.createColors(options.hasColours),
  };
}
