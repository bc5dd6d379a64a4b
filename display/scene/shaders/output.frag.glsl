// The picture on its way to the projector: turned, grained, its edges faded, dimmed.
uniform sampler2D uPicture;
uniform vec2 uPictureSize;
uniform vec3 uLookupX;    // from the place on the screen to the place in the picture
uniform vec3 uLookupY;
uniform vec4 uEdges;      // left, right, top, bottom; parts of the picture
uniform float uGamma;
uniform float uLight;     // brightness of everything together, 0..1
uniform float uGrain;     // 0..1
uniform float uFilm;      // how far the picture looks like film, 0..1
uniform sampler2D uNoise;
uniform ivec2 uShift;     // of the grain, changes many times a second
uniform bool uFine;       // whether there is time for the better grain
in vec2 vPlace;
out vec4 outColor;

float edge(float distance1, float width) {
  return width > 0.0 ? smoothstep(0.0, width, distance1) : 1.0;
}

vec3 film(vec3 color) {
  float grey = luma(color);
  // Silver: less colour, warmer lights, deeper darks.
  vec3 silver = mix(color, vec3(grey) * vec3(1.045, 1.0, 0.94), 0.55);
  silver = mix(silver, silver * silver * (3.0 - 2.0 * silver), 0.45);
  return mix(color, silver, uFilm);
}

float fineGrain(vec2 pixel) {
  ivec2 at = ivec2(pixel) + uShift;
  float fine = texelFetch(uNoise, at & 255, 0).r;
  float coarse = texture(uNoise, (pixel * 0.9 + vec2(uShift.yx)) / 256.0).a;
  return (fine - 0.5) * 1.6 + (coarse - 0.5) * 1.1;
}

void main() {
  vec4 noise = texelFetch(uNoise, (ivec2(gl_FragCoord.xy) + uShift) & 255, 0);
  vec3 here = vec3(vPlace, 1.0);
  vec2 place = vec2(dot(uLookupX, here), dot(uLookupY, here));
  vec3 color = vec3(0.0);
  if (place == clamp(place, 0.0, 1.0)) color = texture(uPicture, place).rgb;
  if (uFilm > 0.0) color = film(color);
  if (uGrain > 0.0) {
    // Film is calm in the darkest and the lightest: black stays black on the wall.
    float grey = luma(color);
    float grain = 2.0 * (noise.r - 0.5) * (1.0 - 0.75 * grey);
    if (uFine) {
      float room = smoothstep(0.0, 0.12, grey) * (1.0 - 0.75 * smoothstep(0.55, 1.0, grey));
      grain = room * fineGrain(place * uPictureSize * min(1.0, 1080.0 / min(uPictureSize.x, uPictureSize.y)));
    }
    color += color * (uGrain * grain);
  }
  color *= uLight;
  if (uEdges != vec4(0.0)) {
    float light = edge(vPlace.x, uEdges.x) * edge(1.0 - vPlace.x, uEdges.y)
      * edge(vPlace.y, uEdges.z) * edge(1.0 - vPlace.y, uEdges.w);
    color *= pow(light, 1.0 / uGamma);
  }
  // Half a step of noise, so that long fades show no bands; nothing is added to black.
  float dither = (noise.g - 0.5) * 2.0 / 255.0;
  outColor = vec4(color + dither * step(0.002, luma(color)), 1.0);
}
