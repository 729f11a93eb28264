using Odm.Engine.Runtime;

namespace Odm.Data.Phantom;

/// <summary>A point or direction in pixels.</summary>
internal readonly record struct Point(float X, float Y)
{
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(Point a, float k) => new(a.X * k, a.Y * k);

    public float Length => MathF.Sqrt(X * X + Y * Y);

    public static Point Polar(float angle, float length) => new(MathF.Cos(angle) * length, MathF.Sin(angle) * length);
}

/// <summary>A piece of a vessel.</summary>
internal readonly record struct Segment(Point From, Point To, float Width);

/// <summary>An ellipse: semi-axes and turn in pixels and radians.</summary>
internal readonly record struct Lesion(Point Centre, float Long, float Short, float Angle, bool Bright);

/// <summary>The geometry of one drawn eye, before any pixel: everything scales with the image's side, lesions down to 1.5 pixels.</summary>
internal sealed record PhantomEye
{
    /// <summary>Thinnest lesion, in pixels.</summary>
    public const float ThinnestLesion = 1.5f;

    /// <summary>Lesion area per grade, as share of the image's area; the gaps between are what <see cref="PhantomRule"/> cuts in.</summary>
    internal static readonly (double Low, double High)[] LesionShare = [(0, 0), (.009, .014), (.022, .032), (.047, .065), (.090, .125)];

    private static readonly (int Low, int High)[] DarkDots = [(0, 0), (2, 3), (4, 6), (7, 9), (10, 13)];
    private static readonly (int Low, int High)[] BrightBlots = [(0, 0), (0, 0), (1, 2), (3, 4), (5, 7)];

    public required Point Centre { get; init; }
    public required float Radius { get; init; }
    public required Point OpticDisc { get; init; }
    public required float OpticRadius { get; init; }
    public required Point Macula { get; init; }
    public required IReadOnlyList<Segment> Vessels { get; init; }
    public required IReadOnlyList<Lesion> Lesions { get; init; }

    /// <summary>Draws lots for an eye; <paramref name="right"/> puts the optic disc on the right.</summary>
    public static PhantomEye Draw(int size, int grade, bool right, Rng rng)
    {
        var side = right ? 1f : -1f;
        var radius = size * Range(rng, .45f, .47f);
        var centre = new Point(size * Range(rng, .49f, .51f), size * Range(rng, .49f, .51f));
        var optic = centre + new Point(side * Range(rng, .5f, .6f), Range(rng, -.08f, .08f)) * radius;
        var eye = new PhantomEye
        {
            Centre = centre,
            Radius = radius,
            OpticDisc = optic,
            OpticRadius = radius * Range(rng, .16f, .2f),
            Macula = centre + new Point(-side * Range(rng, .08f, .16f), Range(rng, -.04f, .1f)) * radius,
            Vessels = VesselTree(optic, radius, side, rng),
            Lesions = [],
        };
        return eye with { Lesions = eye.Scatter(size, grade, rng) };
    }

    private static List<Segment> VesselTree(Point optic, float radius, float side, Rng rng)
    {
        var vessels = new List<Segment>();
        foreach (var up in new[] { -1f, 1f })
        {
            // temporal arcade: leaves steeply, then bends round the macula; nasal branch: short, away from it
            var toMacula = side > 0 ? MathF.PI : 0f;
            var turn = up * side;
            Grow(optic, toMacula + turn * Range(rng, 1.1f, 1.4f), -turn * Range(rng, .065f, .1f), radius * .075f, 22, 0);
            Grow(optic, toMacula + turn * Range(rng, 2.1f, 2.5f), turn * Range(rng, -.03f, .03f), radius * .055f, 10, 1);
        }
        return vessels;

        void Grow(Point from, float angle, float bend, float width, int steps, int depth)
        {
            for (var i = 0; i < steps; i++)
            {
                angle += bend + (float)rng.NextGaussian() * .07f;
                var to = from + Point.Polar(angle, radius * .085f);
                vessels.Add(new Segment(from, to, width));
                from = to;
                width *= .965f;
                if (depth < 3 && i > 1 && rng.NextBool(.22))
                {
                    var away = rng.NextBool(.5) ? 1f : -1f;
                    Grow(from, angle + away * Range(rng, .5f, .9f), -away * .03f, width * .7f, steps * 2 / 5, depth + 1);
                }
            }
        }
    }

    private List<Lesion> Scatter(int size, int grade, Rng rng)
    {
        var dots = Count(DarkDots[grade]);
        var count = dots + Count(BrightBlots[grade]);
        var weights = Enumerable.Range(0, count).Select(i => Math.Exp(rng.Uniform(-.4, .4)) * (i < dots ? 1 : 1.3)).ToArray();
        var area = rng.Uniform(LesionShare[grade].Low, LesionShare[grade].High) * size * size;
        var lesions = new List<Lesion>();
        for (var i = 0; i < count; i++)
        {
            var aspect = Range(rng, 1f, i < dots ? 1.15f : 1.4f);
            var shorter = MathF.Max(MathF.Sqrt((float)(area * weights[i] / weights.Sum()) / (MathF.PI * aspect)), ThinnestLesion / 2);
            var lesion = new Lesion(default, shorter * aspect, shorter, Range(rng, 0, MathF.PI), i >= dots);
            lesions.Add(lesion with { Centre = FreePlace(lesion.Long, lesions, rng) });
        }
        return lesions;

        int Count((int Low, int High) range) => range.Low + rng.NextInt(range.High - range.Low + 1);
    }

    /// <summary>A place on the retina off the optic disc and the other lesions; after 400 tries the roomiest of those tried.</summary>
    private Point FreePlace(float reach, List<Lesion> others, Rng rng)
    {
        var (best, bestRoom) = (Centre, float.NegativeInfinity);
        for (var attempt = 0; attempt < 400 && bestRoom < 0; attempt++)
        {
            var place = Centre + Point.Polar(Range(rng, 0, 2 * MathF.PI), Radius * .84f * MathF.Sqrt((float)rng.NextDouble()));
            var room = (place - OpticDisc).Length - OpticRadius - reach - 1;
            foreach (var other in others)
            {
                room = MathF.Min(room, (place - other.Centre).Length - other.Long - reach - 1);
            }
            if (room > bestRoom)
            {
                (best, bestRoom) = (place, room);
            }
        }
        return best;
    }

    private static float Range(Rng rng, float low, float high) => (float)rng.Uniform(low, high);
}
