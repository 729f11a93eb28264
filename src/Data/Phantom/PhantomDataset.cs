using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Phantom;

/// <summary>
/// Drawn fundus-like images with a known truth, so that generated ones can be judged against it: a retina with macula, optic
/// disc and branching vessels; dark dots and, from grade 2 on, bright blots whose number and size follow the grade 0 to 4; the
/// mask of these lesions; two eyes of one grade per patient. <see cref="PhantomRule"/> reads the grade back.
/// </summary>
public static class PhantomDataset
{
    /// <summary>Grades 0 to 4.</summary>
    public const int Grades = 5;

    /// <summary>Shares of grades 0 to 4 as skewed as EyePACS (25,802/2,438/5,288/872/708 of 35,108 images).</summary>
    public static IReadOnlyList<double> EyePacsShares { get; } = [.73, .07, .15, .025, .025];

    /// <summary>Draws a set with masks. Equal arguments give equal bytes; about a millisecond an image at 64 pixels.</summary>
    /// <param name="count">Images.</param>
    /// <param name="size">Side in pixels, 32 to 256.</param>
    /// <param name="seed">Seed of the drawing.</param>
    /// <param name="shares">Share of each grade; <see cref="EyePacsShares"/> where null or empty.</param>
    /// <param name="classes">Class names; <c>0</c> to <c>4</c> where null or empty.</param>
    public static ImageSet Draw(int count, int size, ulong seed, IReadOnlyList<double>? shares = null,
        IReadOnlyList<string>? classes = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (size is < 32 or > 256)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "32 to 256 pixels");
        }
        var grades = PatientGrades((count + 1) / 2, shares is { Count: > 0 } ? shares : EyePacsShares, seed);
        var (images, masks, rows) = (new byte[count][], new byte[count][], new ImageRow[count]);
        Parallel.For(0, count, () => new PhantomCanvas(size), (i, _, canvas) =>
        {
            var grade = grades[i / 2];
            (images[i], masks[i]) = DrawOne(canvas, size, grade, seed, i);
            rows[i] = new ImageRow
            {
                Id = Name("eye", i),
                Label = grade,
                Group = Name("patient", i / 2),
                Source = Name("phantom", i),
                Sha256 = ImageSet.HashPixels(images[i], 3, size, size),
            };
            return canvas;
        }, _ => { });
        return ImageSet.FromImages(images, 3, size, size, rows, classes is { Count: > 0 } ? classes : ["0", "1", "2", "3", "4"], masks);
    }

    /// <summary>
    /// One image of a grade, planar RGB, and its lesion mask; <paramref name="index"/> 2k and 2k+1 are the two eyes of one patient.
    /// </summary>
    public static (byte[] Planar, byte[] Mask) DrawOne(int size, int grade, ulong seed, int index) =>
        DrawOne(new PhantomCanvas(size), size, grade, seed, index);

    private static (byte[] Planar, byte[] Mask) DrawOne(PhantomCanvas canvas, int size, int grade, ulong seed, int index)
    {
        var patient = Rng.For(seed, "phantom patient", index / 2);
        var tint = PhantomColours.Fundus * (float)patient.Uniform(.88, 1.08) + PhantomColours.OpticDisc * (float)patient.Uniform(-.06, .08);
        var rng = Rng.For(seed, "phantom eye", index);
        return canvas.Paint(PhantomEye.Draw(size, grade, right: index % 2 == 1, rng), tint, rng);
    }

    /// <summary>
    /// A grade per patient: the shares by largest remainder, at least one patient of every grade asked for, in random order.
    /// </summary>
    private static int[] PatientGrades(int patients, IReadOnlyList<double> shares, ulong seed)
    {
        var counts = shares.Select(s => Math.Max((int)(s * patients), s > 0 ? 1 : 0)).ToArray();
        while (counts.Sum() < patients)
        {
            counts[Enumerable.Range(0, Grades).MaxBy(g => shares[g] * patients - counts[g])]++;
        }
        while (counts.Sum() > patients)
        {
            counts[Enumerable.Range(0, Grades).MaxBy(g => counts[g])]--;
        }
        var grades = counts.SelectMany((n, grade) => Enumerable.Repeat(grade, n)).ToArray();
        Rng.For(seed, "phantom grades").Shuffle(grades.AsSpan());
        return grades;
    }

    private static string Name(string what, int index) => string.Create(CultureInfo.InvariantCulture, $"{what}-{index:D5}");
}
