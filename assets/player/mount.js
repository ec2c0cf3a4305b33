// Streamlit calls this on mount and whenever the data or the theme change; the player lives on its element.
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".lockstep")
  root.player ??= new Player(root)
  root.player.update(data, setTriggerValue)
  return () => root.player.stop()
}
