// Streamlit calls this on mount and whenever the data or the theme change; the editor lives on its element.
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".curve-editor")
  root.editor ??= new CurveEditor(root)
  root.editor.update(data, setTriggerValue)
  return () => root.editor.stop()
}
