using Odm.Engine.Runtime;

namespace Odm.Data.Phantom;

/// <summary>Paints one eye in float RGB with partially covered pixels, and its lesion mask.</summary>
internal sealed class PhantomCanvas(int size)
{
    private readonly Rgb[] pixels = new Rgb[size * size];
    private readonly float[] lesions = new float[size * size];

    /// <summary>Planar RGB bytes and the mask, 0 or 255.</summary>
    /// <param name="eye">What to paint.</param>
    /// <param name="tint">The patient's fundus colour, in the tissue plane.</param>
    /// <param name="rng">Texture and sensor noise.</param>
    public (byte[] Planar, byte[] Mask) Paint(PhantomEye eye, Rgb tint, Rng rng)
    {
        Array.Clear(lesions);
        PaintRetina(eye, tint, rng);
        foreach (var vessel in eye.Vessels)
        {
            PaintVessel(vessel, eye);
        }
        foreach (var lesion in eye.Lesions)
        {
            PaintLesion(lesion);
        }
        return (Photograph(eye, rng), Array.ConvertAll(lesions, a => a >= .5f ? (byte)255 : (byte)0));
    }

    private void PaintRetina(PhantomEye eye, Rgb tint, Rng rng)
    {
        Span<float> wave = stackalloc float[9]; // three plane waves: two frequencies and a phase each
        for (var i = 0; i < 9; i++)
        {
            wave[i] = (float)rng.Uniform(-1, 1) * (i % 3 == 2 ? MathF.PI : 9f / size);
        }
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var at = new Point(x + .5f, y + .5f);
                var r = (at - eye.Centre).Length / eye.Radius;
                if (r > 1.1f)
                {
                    pixels[y * size + x] = default;
                    continue;
                }
                var texture = 0f;
                for (var i = 0; i < 9; i += 3)
                {
                    texture += MathF.Sin(wave[i] * x + wave[i + 1] * y + wave[i + 2]);
                }
                var macula = (at - eye.Macula).Length / (.2f * eye.Radius);
                var shade = (1.05f - .28f * r * r) * (1 + .025f * texture) * (1 - .35f * MathF.Exp(-macula * macula));
                var optic = Math.Clamp((eye.OpticRadius - (at - eye.OpticDisc).Length) / (.12f * eye.OpticRadius + .7f) + .5f, 0, 1);
                pixels[y * size + x] = Rgb.Blend(tint * shade, PhantomColours.OpticDisc, optic);
            }
        }
    }

    private void PaintVessel(Segment vessel, PhantomEye eye)
    {
        var half = vessel.Width / 2;
        var colour = PhantomColours.Vessel;
        var along = vessel.To - vessel.From;
        var squared = along.X * along.X + along.Y * along.Y;
        Around(vessel.From, vessel.To, half + 1, (i, at) =>
        {
            var d = at - vessel.From;
            var t = Math.Clamp((d.X * along.X + d.Y * along.Y) / squared, 0, 1);
            var distance = (d - along * t).Length;
            var cover = MathF.Min(vessel.Width, 1) * Math.Clamp(MathF.Max(half, .5f) + .5f - distance, 0, 1);
            var shade = 1.1f - .3f * MathF.Min(1, (at - eye.Centre).Length / eye.Radius);
            var under = pixels[i];
            if (under.R > colour.R * shade) // overlapping pieces must not darken twice
            {
                pixels[i] = Rgb.Blend(under, colour * shade, cover * .85f);
            }
        });
    }

    private void PaintLesion(Lesion lesion)
    {
        var (cos, sin) = (MathF.Cos(lesion.Angle), MathF.Sin(lesion.Angle));
        var colour = lesion.Bright ? PhantomColours.BrightBlot : PhantomColours.DarkDot;
        Around(lesion.Centre, lesion.Centre, lesion.Long + 1, (i, at) =>
        {
            var d = at - lesion.Centre;
            var (u, v) = (d.X * cos + d.Y * sin, d.Y * cos - d.X * sin);
            var radial = MathF.Sqrt(u * u / (lesion.Long * lesion.Long) + v * v / (lesion.Short * lesion.Short));
            var gradient = MathF.Sqrt(u * u / MathF.Pow(lesion.Long, 4) + v * v / MathF.Pow(lesion.Short, 4)) / MathF.Max(radial, 1e-3f);
            var cover = Math.Clamp(.5f - (radial - 1) / MathF.Max(gradient, 1e-3f), 0, 1); // first-order distance to the edge, in pixels
            pixels[i] = Rgb.Blend(pixels[i], colour, cover);
            lesions[i] = MathF.Max(lesions[i], cover);
        });
    }

    private void Around(Point a, Point b, float margin, Action<int, Point> paint)
    {
        var (left, right) = (Math.Max(0, (int)(MathF.Min(a.X, b.X) - margin)), Math.Min(size - 1, (int)(MathF.Max(a.X, b.X) + margin)));
        var (top, bottom) = (Math.Max(0, (int)(MathF.Min(a.Y, b.Y) - margin)), Math.Min(size - 1, (int)(MathF.Max(a.Y, b.Y) + margin)));
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                paint(y * size + x, new Point(x + .5f, y + .5f));
            }
        }
    }

    /// <summary>The round aperture, black beyond it, and a little sensor noise.</summary>
    private byte[] Photograph(PhantomEye eye, Rng rng)
    {
        var planar = new byte[3 * size * size];
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var i = y * size + x;
                var open = Math.Clamp(eye.Radius + .5f - (new Point(x + .5f, y + .5f) - eye.Centre).Length, 0, 1);
                var c = pixels[i] * open;
                planar[i] = Level(c.R);
                planar[size * size + i] = Level(c.G);
                planar[2 * size * size + i] = Level(c.B);
            }
        }
        return planar;

        byte Level(float value) => (byte)Math.Clamp(value + 1.5f * (float)rng.NextGaussian() + .5f, 0, 255);
    }
}
