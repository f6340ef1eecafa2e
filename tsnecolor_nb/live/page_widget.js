// anywidget gives a page two seconds to start a widget. Where that was too short the widget is there,
// but nothing that the kernel says to it arrives anymore. Then listen past it, and ask for what is
// lost.
// Only Jupyter's own front ends have what this needs, and only they have the limit.
async function keepListening(model) {
  const itself = await model.widget_manager?.get_model?.(model.get("own_id")).catch(() => {});
  if (!itself?._handle_comm_msg) return;
  try {
    await itself._handle_comm_msg({ content: { data: {} } });
  } catch {
    const hear = Object.getPrototypeOf(itself.constructor.prototype)._handle_comm_msg;
    itself.comm.on_msg((message) => hear.call(itself, message));
    itself.comm.send({ method: "request_state" });
  }
}

function initialize({ model }) {
  keepListening(model);
}
