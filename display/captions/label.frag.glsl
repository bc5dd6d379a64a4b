uniform sampler2D uWords; // premultiplied
uniform vec4 uBox;        // x, y, width, height
uniform vec2 uPicture;
uniform float uOpacity;
in vec2 vPlace;
out vec4 outColor;

void main() {
  vec2 wall = (vPlace - 0.5) * vec2(uPicture.x / uPicture.y, 1.0);
  vec2 place = (wall - uBox.xy) / uBox.zw;
  if (place != clamp(place, 0.0, 1.0)) discard;
  outColor = texture(uWords, place) * uOpacity;
}
