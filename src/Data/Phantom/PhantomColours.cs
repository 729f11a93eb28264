namespace Odm.Data.Phantom;

/// <summary>
/// Colours of the phantom. Fundus, optic disc, vessels, every shade of them and black lie in one plane through the origin
/// of RGB, and so does every blend (blur, partial pixels) of them. Lesions lie off that plane: bright blots on one
/// side, dark dots on the other. The signed <see cref="Excess"/> therefore tells lesion from tissue whatever the shading,
/// and sums over pixels to lesion area even where a generator has blurred it.
/// </summary>
internal static class PhantomColours
{
    public static readonly Rgb Fundus = new(200, 95, 45);
    public static readonly Rgb OpticDisc = new(250, 200, 150);
    public static readonly Rgb Vessel = Fundus * .9f - OpticDisc * .15f; // (142.5, 55.5, 18)
    public static readonly Rgb BrightBlot = new(245, 240, 60);
    public static readonly Rgb DarkDot = new(80, 0, 75);

    private static readonly Rgb Normal = Plane();

    /// <summary>Off the tissue plane, in grey levels of green: 0 for tissue, about +119 for a bright blot, -87 for a dark dot.</summary>
    public static float Excess(float r, float g, float b) => Normal.R * r + Normal.G * g + Normal.B * b;

    /// <summary>Share of a pixel covered by lesion, either kind; 0 for tissue.</summary>
    public static float Coverage(float r, float g, float b)
    {
        var excess = Excess(r, g, b);
        return excess > 0 ? excess / FullBright : excess / FullDark;
    }

    private static readonly float FullBright = Excess(BrightBlot.R, BrightBlot.G, BrightBlot.B);
    private static readonly float FullDark = Excess(DarkDot.R, DarkDot.G, DarkDot.B);

    private static Rgb Plane() // cross product of fundus and optic disc, green weighing 1
    {
        var (f, o) = (Fundus, OpticDisc);
        var (r, g, b) = (f.G * o.B - f.B * o.G, f.B * o.R - f.R * o.B, f.R * o.G - f.G * o.R);
        return new Rgb(r / g, 1, b / g);
    }
}

/// <summary>A colour in grey levels 0 to 255, not rounded.</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    public static Rgb operator *(Rgb c, float k) => new(c.R * k, c.G * k, c.B * k);

    public static Rgb operator +(Rgb a, Rgb b) => new(a.R + b.R, a.G + b.G, a.B + b.B);

    public static Rgb operator -(Rgb a, Rgb b) => new(a.R - b.R, a.G - b.G, a.B - b.B);

    public static Rgb Blend(Rgb under, Rgb over, float alpha) => under + (over - under) * alpha;
}
