import type { Plot } from '../figures/plot.js';
import { barsSvg } from './bars-svg.js';
import { linesSvg } from './lines-svg.js';

/** A plot as an SVG that stands by itself, light or dark as its reader's screen is. */
export function plotSvg(plot: Plot): string {
  return plot.kind === 'bars' ? barsSvg(plot) : linesSvg(plot);
}
