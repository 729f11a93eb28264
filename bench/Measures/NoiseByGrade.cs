using System.Globalization;
using Odm.Augment.Diffusion;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Bench;

/// <summary>
/// What the ordinal term does to a generator: how much of the noise it sees at each grade and time, and how much noise is left on its images. Write the predicted noise of an image as
/// ε̂ = (1 - κ) ε + r with r orthogonal to ε. Equation 5 of the ODM paper on a triplet with shared ε rewards κ that grow with the grade: then the errors κ ε lie in order on a line.
/// </summary>
internal static class NoiseByGrade
{
    private static readonly double[] Times = [.05, .1, .2, .4, .6, .8];

    /// <summary>Prints CSV. Arguments: folder of a generator's training, folder of the prepared set (its training side is used), and maybe folders of synthetic sets.</summary>
    public static int Run(string[] args)
    {
        using var off = no_grad();
        var context = new RunContext(CPU, Precision.Fp32, _ => { }, CancellationToken.None);
        using var model = TrainedDiffusion.Open(args[0], context).Model;
        var real = ImageSet.Open(args[1]).OfSplit("train");
        Console.WriteLine("quantity,time,grade,images,value");
        foreach (var time in Times)
        {
            var t = (int)Math.Round(time * (model.Schedule.Steps - 1));
            for (var grade = 0; grade < real.Classes.Count; grade++)
            {
                int[] own = [.. Enumerable.Range(0, real.Count).Where(i => real.Rows[i].Label == grade).Take(100)];
                if (own.Length > 0)
                {
                    Regress(model, real, own, grade, t, time);
                }
            }
        }

        foreach (var folder in args[1..])
        {
            var set = folder == args[1] ? real : ImageSet.Open(folder);
            for (var grade = 0; grade < set.Classes.Count; grade++)
            {
                int[] own = [.. Enumerable.Range(0, set.Count).Where(i => set.Rows[i].Label == grade)];
                if (own.Length > 0)
                {
                    Print($"noise of {(folder == args[1] ? "real images" : Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(folder))!))}", "", grade, own.Length, own.Average(i => Immerkaer(set, i)));
                }
            }
        }

        return 0;
    }

    // κ and the root mean square of r, over all pixels of all images
    private static void Regress(DiffusionModel model, ImageSet set, int[] images, int grade, int t, double time)
    {
        using var scope = NewDisposeScope();
        var clean = set.Pixels(images).to(ScalarType.Float32) / 127.5 - 1; // [n, C, H, W]
        var values = new float[clean.numel()];
        Rng.For(1, "noise by grade", t).FillNormal(values);
        var noise = tensor(values, clean.shape);
        var times = full(images.Length, (long)t, dtype: ScalarType.Int64);
        var said = model.Eps(model.Schedule.Diffuse(clean, noise, times), times, full(images.Length, (long)grade, dtype: ScalarType.Int64));
        var share = ((said * noise).sum() / noise.square().sum()).item<float>();
        Print("kappa", Text(time), grade, images.Length, 1 - share);
        Print("residual", Text(time), grade, images.Length, (said - noise * share).square().mean().sqrt().item<float>());
    }

    /// <summary>Standard deviation of the noise of an image in grey levels, mean of its channels (Immerkaer 1996, Fast noise variance estimation): flat and linear regions give 0, fine structure adds to it.</summary>
    internal static double Immerkaer(ImageSet set, int image)
    {
        var (h, w, sum) = (set.Height, set.Width, 0.0);
        var pixels = set.Image(image);
        for (var c = 0; c < set.Channels; c++)
        {
            for (var y = 1; y < h - 1; y++)
            {
                for (var x = 1; x < w - 1; x++)
                {
                    var at = (c * h + y) * w + x;
                    sum += Math.Abs(4 * pixels[at] - 2 * (pixels[at - 1] + pixels[at + 1] + pixels[at - w] + pixels[at + w])
                        + pixels[at - w - 1] + pixels[at - w + 1] + pixels[at + w - 1] + pixels[at + w + 1]);
                }
            }
        }

        return Math.Sqrt(Math.PI / 2) * sum / (6.0 * set.Channels * (h - 2) * (w - 2));
    }

    private static void Print(string quantity, string time, int grade, int images, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{quantity},{time},{grade},{images},{value:0.0000}"));

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
