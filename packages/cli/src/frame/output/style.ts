import picocolors from 'picocolors';

/** How text is laid out: the width of the terminal, and its colours or none. */
export interface Style {
  /** Columns of the terminal; infinite where there is none. */
  readonly width: number;
  readonly colours: ReturnType<typeof picocolors.createColors>;
}

/** Makes the style of one stream; colours only on a terminal. @param options.width - Columns of the terminal. @default no terminal */
export function createStyle(options: {
  readonly width?: number | undefined;
  readonly hasColours: boolean;
}): Style {
  return {
    // What goes into a pipe is for other programs: a row is a line.
    width: options.width ?? Number.POSITIVE_INFINITY,
    colours: picocolors.createColors(options.hasColours),
  };
}
