import type { Chart, Point } from "./chart.ts";
import { digits } from "./markdown-table.ts";

const WIDTH = 460;
const HEIGHT = 300;
const LEFT = 52;
const RIGHT = 92;
const TOP = 36;
const BOTTOM = 44;
const GRID_LINES = 4;

/** Told apart by people who do not see all colours, on light and dark grounds. */
const COLOURS = ["#d55e00", "#0072b2", "#009e73", "#8a63d2", "#b8860b", "#777777"];

/** Charts side by side as one picture. */
export function picture(charts: readonly Chart[]): string {
  const drawn = charts.map((chart, i) => `<g transform="translate(${i * WIDTH} 0)">${draw(chart)}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * charts.length} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="11" fill="#777">
<title>${charts.map(({ title }) => title).join("; ")}</title>
${drawn.join("\n")}
</svg>
`;
}

function draw({ title, x, y, lines }: Chart): string {
  const points = [...lines.values()].flat();
  const most = {
    x: Math.max(...points.map((point) => point.x)),
    y: Math.max(...points.map((point) => point.y)),
  };
  const place = (point: Point) => ({
    x: LEFT + (point.x / most.x) * (WIDTH - LEFT - RIGHT),
    y: HEIGHT - BOTTOM - (point.y / most.y) * (HEIGHT - TOP - BOTTOM),
  });
  return [
    text({ x: LEFT, y: 18 }, `${title}, ${y}`, 'font-size="13" font-weight="600"'),
    ...grid(most, place),
    text({ x: WIDTH - RIGHT, y: HEIGHT - 10 }, x, 'text-anchor="end"'),
    ...[...lines].map(([, line], i) => path(line.map(place), COLOURS[i % COLOURS.length] ?? "")),
    ...names(lines, place),
  ].join("\n");
}

function grid(most: Point, place: (point: Point) => Point): string[] {
  return Array.from({ length: GRID_LINES + 1 }, (_, i) => {
    const [x, y] = [(most.x * i) / GRID_LINES, (most.y * i) / GRID_LINES];
    const row = place({ x: 0, y });
    const column = place({ x, y: 0 });
    const line = `<path d="M${LEFT} ${at(row.y)}H${WIDTH - RIGHT}" stroke="#7773"/>`;
    return [
      line,
      text({ x: LEFT - 6, y: row.y + 4 }, digits(y), 'text-anchor="end"'),
      text(
        { x: column.x, y: HEIGHT - BOTTOM + 16 },
        Math.round(x).toLocaleString("en"),
        'text-anchor="middle"',
      ),
    ].join("");
  });
}

function path(points: readonly Point[], colour: string): string {
  const dots = points.map(({ x, y }) => `<circle cx="${at(x)}" cy="${at(y)}" r="2.5" fill="${colour}"/>`);
  const d = points.map(({ x, y }) => `${at(x)} ${at(y)}`).join("L");
  return `<path d="M${d}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}`;
}

/** Each line's name at its end, moved apart where two would meet. */
function names(lines: Chart["lines"], place: (point: Point) => Point): string[] {
  const ends = [...lines].flatMap(([name, line], i) => {
    const end = line.at(-1);
    return end === undefined ? [] : [{ name, colour: COLOURS[i % COLOURS.length] ?? "", ...place(end) }];
  });
  ends.sort((one, other) => one.y - other.y);
  let free = 0;
  return ends.map(({ name, colour, x, y }) => {
    const line = Math.max(y, free);
    free = line + 14;
    return text({ x: x + 7, y: line + 4 }, name, `fill="${colour}"`);
  });
}

function text({ x, y }: Point, words: string, attributes: string): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${at(x)}" y="${at(y)}" ${attributes}>${escaped}</text>`;
}

function at(value: number): string {
  return value.toFixed(1);
}
