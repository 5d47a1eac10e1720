import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import { WIDTHS_MM, type PaperWidth } from 'halfnote/mime/paper';
import { TABLE_FORMATS, type TableFormat } from '../tables/as-text';
import { downloadFigure, downloadTable, type FigureFormat } from './download';
import { isRedrawn } from './picture';
import { nameOf, shownIn } from './shown';

/** Letters of a name that a menu has room for. */
const LONGEST = 48;
const TABLES = Object.keys(TABLE_FORMATS) as TableFormat[];
const FIGURES = ['SVG', 'PDF', 'PNG'] as const;
const WIDTHS = [
  ['column', `one column, ${WIDTHS_MM.column} mm`],
  ['text', `two columns, ${WIDTHS_MM.text} mm`],
] as const;

/** Opens the menu of an output below its button: an entry for each table and figure, with the formats of each. */
export function openMenu(root: Element, button: HTMLElement): void {
  const commands = new CommandRegistry();
  const { tables, figures } = shownIn(root);
  const menu = new Menu({ commands });
  const parts = [
    ...tables.map((table, i) => ({
      title: `Table ${i + 1}: ${shortened(nameOf(table))}`,
      entries: TABLES.map((format) => ({
        label: `Download as ${format}`,
        run: () => {
          downloadTable(table, format);
        },
      })),
    })),
    ...figures.map((figure, i) => ({
      title: `Figure ${i + 1}: ${shortened(nameOf(figure))}`,
      entries: figureEntries(figure),
    })),
  ];
  const submenus = parts.map(({ title, entries }, part) => {
    const submenu = new Menu({ commands });
    submenu.title.label = title;
    entries.forEach(({ label, run }, i) => {
      const command = `download-${part}-${i}`;
      commands.addCommand(command, { label, execute: run });
      submenu.addItem({ command });
    });
    menu.addItem({ type: 'submenu', submenu });
    return submenu;
  });
  menu.aboutToClose.connect(() => {
    button.focus();
    // It is made anew each time; what was chosen is run when this one has closed.
    queueMicrotask(() => {
      for (const made of [menu, ...submenus]) made.dispose();
    });
  });
  const { left, bottom } = button.getBoundingClientRect();
  menu.open(left, bottom);
}

function figureEntries(figure: HTMLElement): { label: string; run: () => Promise<void> }[] {
  const entry = (format: FigureFormat, width: PaperWidth, of: string) => ({
    label: `Download as ${format === 'PNG' ? 'PNG, 600 dpi' : format}${of}`,
    run: () => downloadFigure(figure, format, width),
  });
  // A picture has the size that it was drawn in.
  if (!isRedrawn(figure)) return FIGURES.map((format) => entry(format, 'text', ''));
  return WIDTHS.flatMap(([width, of]) => FIGURES.map((format) => entry(format, width, `, ${of}`)));
}

function shortened(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}
