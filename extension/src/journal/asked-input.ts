import type { CodeCell } from '@jupyterlab/cells';
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import { Panel } from '@lumino/widgets';
import type { JournaledQuestion } from 'halfnote/mime/front-end';

/**
 * A question of a run that another page has begun, in its cell: JupyterLab's own field, which answers over
 * the journal, since the kernel's question went to the page that is gone.
 */
export class AskedInput {
  readonly id: string;
  readonly #kernel: Kernel.IKernelConnection;
  readonly #panel = new Panel();
  #isAnswered = false;

  constructor(
    { model, outputArea }: CodeCell,
    kernel: Kernel.IKernelConnection,
    { id, prompt, password }: JournaledQuestion,
    answer: (value: string) => void,
  ) {
    this.id = id;
    this.#kernel = kernel;
    const { clientId: session, username } = kernel;
    const content = { prompt, password };
    const { header } = KernelMessage.createMessage<KernelMessage.IInputRequestMsg>({
      ...{ msgType: 'input_request', channel: 'stdin', session, username, content },
    });
    const input = outputArea.contentFactory.createStdin({
      ...{ parent_header: header, prompt, password },
      future: {
        sendInputReply: ({ value }: { readonly value: string }) => {
          this.#isAnswered = true;
          kernel.hasPendingInput = false;
          answer(value);
        },
      } as unknown as Kernel.IShellFuture,
    });
    this.#panel.addClass('jp-OutputArea-child');
    this.#panel.addClass('jp-OutputArea-stdin-item');
    const number = outputArea.contentFactory.createOutputPrompt();
    number.addClass('jp-OutputArea-prompt');
    input.addClass('jp-OutputArea-output');
    this.#panel.addWidget(number);
    this.#panel.addWidget(input);
    outputArea.layout.addWidget(this.#panel);
    // Other cells are not to run meanwhile, as JupyterLab holds it with questions of its own.
    kernel.hasPendingInput = true;
    void input.value.then((text) => {
      const hadFocus = this.#panel.node.contains(document.activeElement);
      model.outputs.add({ output_type: 'stream', name: 'stdin', text: `${text}\n` });
      const { parentElement } = outputArea.node;
      this.#panel.dispose();
      if (hadFocus) parentElement?.closest<HTMLElement>('.jp-Cell')?.focus();
    });
  }

  /** It is not asked any more: another page has answered, or the cell has ended. */
  withdraw(): void {
    if (this.#isAnswered) return;
    if (!this.#kernel.isDisposed) this.#kernel.hasPendingInput = false;
    this.#panel.dispose();
  }
}
