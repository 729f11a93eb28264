using System.CommandLine;
using System.Globalization;
using Odm.Classify.Audit;
using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;

namespace Odm.Cli;

/// <summary><c>odm score images</c>: image metrics of a synthetic set against real ones.</summary>
internal static class ScoreImages
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var real = new Option<string>("--real")
        {
            Required = true,
            Description = "The images that the generator was trained on.",
            HelpName = "SETDIR"
        };
        var synthetic = new Option<string>("--synthetic")
        {
            Required = true,
            Description = "The images that it made.",
            HelpName = "SETDIR"
        };
        var heldOut = new Option<string?>("--held-out")
        {
            Description =
            "Real images that it never saw: then also the metrics against them and the gap, a sign of memorisation.",
            HelpName = "SETDIR"
        };
        var features = new Option<string>("--features")
        {
            DefaultValueFactory = _ => FeatureExtractors.Default,
            Description = $"One of {FeatureExtractors.Allowed}.",
            HelpName = "NAME|FILE"
        };
        var seed = new Option<ulong>("--seed") { Description = "Of halves, subsets and pairs.", HelpName = "S" };
        var mix = new Option<string>("--class-mix")
        {
            DefaultValueFactory = _ => "equal",
            Description = "Shares of the classes in the samples that are compared: as many images of every class, or the shares of the "
                + "real set."
        };
        mix.AcceptOnlyFromAmong("equal", "natural");
        var preprocessing = new Option<string>("--preprocessing")
        {
            DefaultValueFactory = _ => "pytorch-fid",
            Description = "What is done to an image first, with a file of Inception-v3's FID weights."
        };
        preprocessing.AcceptOnlyFromAmong("pytorch-fid", "clean-fid");
        var table = new Option<string?>("--out")
        {
            Description =
            "Also writes the rows with both n, extractor, preprocessing and class mix.",
            HelpName = "FILE.csv"
        };
        var command = new Command("images", "Fréchet distance (fid with the FID's own weights), KID, precision, recall, density, "
            + "coverage, MS-SSIM; overall (in one class mix on every side) and per class, beside the floor that two halves of the real "
            + "images set at the same n.")
        {
            real, synthetic, heldOut, features, preprocessing, mix, seed, table,
        };
        command.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var (reals, made) = (ImageSet.Open(parsed.GetRequiredValue(real)), ImageSet.Open(parsed.GetRequiredValue(synthetic)));
            var unseen = parsed.GetValue(heldOut) is { } folder ? ImageSet.Open(folder) : null;
            var context = Machine.Plain(progress.Report, interruption.Token) with { Device = TorchEngine.Resolve("auto") };
            using var extractor = FeatureExtractors.Open(parsed.GetRequiredValue(features), context,
                parsed.GetRequiredValue(preprocessing) == "clean-fid" ? FidPreprocessing.CleanFid : FidPreprocessing.PytorchFid);
            progress.Start();
            var scores = ImageSetMetrics.Score(reals, made, unseen, extractor, context, "score images",
                new ImageMetricsConfig
                {
                    ClassMix = Enum.Parse<ClassMix>(parsed.GetRequiredValue(mix), ignoreCase: true),
                    Seed = parsed.GetValue(seed)
                });
            if (parsed.GetValue(table) is { } file)
            {
                scores.WriteCsv(file);
            }

            var copies = Copies(reals, made, unseen, interruption);
            progress.Clear();
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"features: {scores.Extractor}, {scores.Preprocessing}"
                + $"{(scores.Weights == "" ? "" : $", weights {scores.Weights}")}; real n = {reals.Count}, synthetic n = {made.Count}"
                + $"{(unseen is null ? "" : $", held-out n = {unseen.Count}")}; ms_ssim: {scores.Scales} scales; features "
                + $"{scores.Times.Features:F0} s, values {scores.Times.Values:F0} s, intervals {scores.Times.Intervals:F0} s"));
            foreach (var warning in scores.Warnings)
            {
                Console.Error.WriteLine("! " + warning);
            }

            foreach (var mixed in scores.Rows.Where(r => r.Fact.Label.Length == 0 && (r.Mix is "equal" or "natural" or "pooled"))
                .Select(r => $"{r.Mix} class mix of {string.Join(", ", r.Classes)}").Distinct(StringComparer.Ordinal))
            {
                Console.Error.WriteLine("rows of the whole set: " + mixed);
            }

            ScoreCommand.Print([.. scores.Facts, .. copies.Select(r => r.Fact)]);
        }));
        return command;
    }

    // by pixels, which catches copies that were mirrored or are a little noisy
    private static IReadOnlyList<ImageFact> Copies(ImageSet real, ImageSet made, ImageSet? heldOut, Interruption interruption)
    {
        if (heldOut is null || (real.Height, real.Width) != (made.Height, made.Width)
            || (heldOut.Height, heldOut.Width) != (made.Height, made.Width))
        {
            return [];
        }

        if (heldOut.Count >= Memorisation.Least)
        {
            var audit = Memorisation.Of(made, real, heldOut, interruption.Token);
            foreach (var warning in audit.Warnings)
            {
                Console.Error.WriteLine("! " + warning);
            }

            return [.. audit.Rows(real.Count)];
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"! copy_rate, nn_ratio: left out; {heldOut.Count} held-out "
            + $"images give no threshold, at least {Memorisation.Least} are needed"));
        return [];
    }
}
