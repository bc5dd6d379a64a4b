// The photograph beside the face, in the same soft window.
uniform sampler2D uPhoto;
uniform vec2 uCrop;    // part of the photograph that is seen: the square in its middle
uniform vec2 uFeather;
uniform float uOpacity;
in vec2 vPlace;
out vec4 outColor;

void main() {
  vec2 inside = smoothstep(vec2(0.0), uFeather, min(vPlace, 1.0 - vPlace));
  float mask = inside.x * inside.y;
  if (mask <= 0.0) discard;
  vec2 size = vec2(textureSize(uPhoto, 0));
  vec3 color = sampleSharp(uPhoto, (vPlace - 0.5) * uCrop + 0.5, size);
  // A little quieter than the face: it is what was, not what is.
  color = mix(color, vec3(luma(color)), 0.22) * 0.92;
  outColor = vec4(color, 1.0) * mask * uOpacity;
}
