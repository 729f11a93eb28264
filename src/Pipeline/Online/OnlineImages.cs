using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Online;

/// <summary>What the online images of a fit are made of.</summary>
internal sealed record OnlineWork
{
    /// <summary>The arm's settings.</summary>
    public required OnlineConfig Config { get; init; }

    /// <summary>The generator, with the settings of sampling that hold.</summary>
    public required GeneratorConfig Generator { get; init; }

    /// <summary>Folder of its training.</summary>
    public required string Trained { get; init; }

    /// <summary>The real images that are trained on.</summary>
    public required ImageSet Real { get; init; }

    /// <summary>The slice of the training side that accuracies are measured on; null where the arm has none.</summary>
    public required ImageSet? Slice { get; init; }

    /// <summary>Only for the paper's code, which mixes their predictions into the accuracies: the validation images; else null.</summary>
    public ImageSet? Validation { get; init; }

    /// <summary>Transforms of training images; null for none.</summary>
    public required ImageTransform? Transform { get; init; }

    /// <summary>Seed of the fit.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Folder that receives the rounds.</summary>
    public required string Folder { get; init; }

    /// <summary>Device, precision, progress, cancellation.</summary>
    public required RunContext Context { get; init; }

    /// <summary>Name in progress reports.</summary>
    public required string Stage { get; init; }
}

/// <summary>
/// Training images of which a part is made while the classifier trains, guided by the classifier as it stands (Li et al. 2024, algorithm
/// 1). A round of images is a folder <c>epoch-N</c> with <c>set/</c> and <c>round.json</c>; the training's checkpoint is written before it,
/// and its finished batches are kept, so that a killed synthesis goes on where it stopped.
/// </summary>
internal sealed class OnlineImages(OnlineWork work) : ITrainingImages
{
    private readonly OnlineConfig config = work.Config;

    /// <inheritdoc/>
    public string Identity => $"{work.Real.ContentHash} online " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{Resolved.Json(config)} {Resolved.Json(work.Generator.Sampling)} {work.Slice?.ContentHash}")));

    /// <inheritdoc/>
    public ImageSet Known => work.Real;

    /// <inheritdoc/>
    public int? CountOf(long epoch)
        => epoch < config.First ? work.Real.Count
        : Read(Last(epoch)) is null ? null : work.Real.Count + Joined(epoch).Sum(r => Read(r)!.Total);

    /// <inheritdoc/>
    public ImageSet Of(long epoch, StandingClassifier? standing)
    {
        if (epoch < config.First)
        {
            return work.Real;
        }

        var last = Last(epoch);
        if (Read(last) is null)
        {
            if (last != epoch)
            {
                throw new DatasetException($"{Place(last)}: images of an earlier epoch are missing; remove the folder of this stage");
            }

            Make(epoch, standing ?? throw new InvalidOperationException("online images need a classifier"));
        }

        return ImageSet.Concat([work.Real, .. Joined(epoch).Where(r => Read(r)!.Total > 0).Select(Open)]);
    }

    /// <inheritdoc/>
    public Normalisation? OfSynthetic(Normalisation real) => config.PaperCode ? PaperCode.OfSynthetic(real) : null;

    /// <inheritdoc/>
    public ImageSet Validation(ImageSet val, int batch, long step)
        => config.PaperCode ? PaperCode.Validation(val, batch, work.Transform, Rng.Seed(work.Seed, "validation as in training", step))
            : val;

    /// <summary>The finished rounds, in order.</summary>
    public static IReadOnlyList<OnlineRound> Rounds(string folder)
        => !Directory.Exists(folder) ? [] : [.. Directory.GetDirectories(folder, "epoch-*").Order(StringComparer.Ordinal)
            .Select(OnlineRound.Read).OfType<OnlineRound>()];

    /// <summary>The images of a finished round that are still there, their ids with the epoch in front.</summary>
    public ImageSet Open(long epoch)
    {
        var set = ImageSet.Open(Path.Combine(Place(epoch), "set"));
        return set.WithRows([.. set.Rows.Select(r => r
            with { Id = string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch}-{r.Id}") })]);
    }

    /// <summary>Draws the images of a round, rows of classes.</summary>
    public void Draw(OnlineRound round)
    {
        var sheet = Place(round.Epoch) + ".png";
        if (round.Total > 0 && !File.Exists(sheet))
        {
            ContactSheet.OfClasses(string.Create(CultureInfo.InvariantCulture, $"{work.Stage}: images of epoch {round.Epoch}"),
                Open(round.Epoch)).Save(sheet);
        }
    }

    // the epoch whose round an epoch's newest synthetic images are of
    private long Last(long epoch) => config.Once ? config.First : epoch - epoch % config.Every;

    // the rounds whose images an epoch has
    private IEnumerable<long> Joined(long epoch)
    {
        var last = Last(epoch);
        for (var round = config.Replace ? last : config.First; round <= last; round += config.Every)
        {
            yield return round;
        }
    }

    private string Place(long epoch) => Path.Combine(work.Folder, string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch:D5}"));

    private OnlineRound? Read(long epoch) => OnlineRound.Read(Place(epoch));

    private void Make(long epoch, StandingClassifier standing)
    {
        standing.Save(); // a killed synthesis is gone on with from here
        var (began, folder, hash) = (Stopwatch.GetTimestamp(), Path.Combine(Place(epoch), "set"), standing.Hash());
        var accuracies = config.Aas is null ? null : Measured(epoch, standing);
        using var generator = work.Generator.OpenGuided(work.Trained, work.Context, Guide(epoch, hash, standing));
        Demand(generator);
        var counts = Counts(accuracies, generator.PreferredBatch);
        if (ImageSetFolder.Exists(folder) && ImageSet.Open(folder).Rows.FirstOrDefault()?.Provenance?.More["classifier"] != hash)
        {
            Durable.RemoveFolder(folder); // of another machine's course
        }

        if (counts.Sum() > 0)
        {
            Synthesis.Fill(generator, new Plan { Counts = counts }, Rng.Seed(work.Seed, "online synthesis", epoch), work.Real.Classes,
                folder, work.Context, string.Create(CultureInfo.InvariantCulture, $"{work.Stage}, images of epoch {epoch}"));
        }

        var round = new OnlineRound
        {
            Epoch = epoch,
            Step = standing.Step,
            Classifier = hash,
            Generator = generator.Hash,
            Counts = counts,
            Accuracies = accuracies,
            NetworkEvaluations = (long)counts.Sum() * generator.Evaluations,
            ClassifierGradients = (long)counts.Sum() * generator.ClassifierGradients,
            Seconds = Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 3),
        };
        var number = (epoch - config.First) / config.Every + 1;
        if ((number & (number - 1)) == 0)
        {
            Draw(round); // the first, second, fourth, eighth...: a classifier changes most at first
        }

        round.Write(Place(epoch));
        Forget(epoch);
    }

    private ClassifierGuide Guide(long epoch, string hash, StandingClassifier standing) => new()
    {
        Classifier = config.PaperCode ? new(standing.RawLogProbability) : new(standing.LogProbability),
        Classes = work.Real.Classes,
        Scale = config.Guidance,
        On = config.Sees,
        Form = config.GuidanceForm,
        Columns = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["epoch"] = epoch.ToString(CultureInfo.InvariantCulture),
            ["classifier"] = hash,
        },
    };

    private void Demand(IGenerator generator)
    {
        var real = work.Real;
        if ((generator.Channels, generator.Height, generator.Width) != (real.Channels, real.Height, real.Width))
        {
            throw new DatasetException($"{work.Trained}: makes images of {generator.Channels}x{generator.Height}x{generator.Width}; those "
                + $"they are to join have {real.Channels}x{real.Height}x{real.Width}");
        }
    }

    internal double[] Measured(long epoch, StandingClassifier standing)
    {
        if (!config.PaperCode)
        {
            return ClassAccuracy.Of(work.Slice ?? work.Real, standing.Classes);
        }

        return epoch == 0 ? PaperCode.BeforeTraining(work.Real.Classes.Count)
            : ClassAccuracy.Of(ImageSet.Concat(Validation(work.Validation!, standing.Batch, standing.Step), work.Real), standing.Classes);
    }

    private int[] Counts(double[]? accuracies, int batch)
    {
        if (config.PaperCode)
        {
            return PaperCode.Counts(config.Images, accuracies ?? PaperCode.BeforeTraining(work.Real.Classes.Count), batch);
        }

        return accuracies is null ? AccuracyAdaptive.Uniform(config.Images, work.Real.Classes.Count)
            : AccuracyAdaptive.Counts(config.Images, accuracies, config.Aas!.Tau, config.Aas.Floor);
    }

    // pixels of rounds that no epoch will ask for again; their rows stay
    private void Forget(long epoch)
    {
        foreach (var before in config.Replace && Directory.Exists(work.Folder) ? Directory.GetDirectories(work.Folder, "epoch-*") : [])
        {
            var set = Path.Combine(before, "set");
            if (before != Place(epoch) && Directory.Exists(set))
            {
                if (File.Exists(Path.Combine(set, "rows.csv"))) // else a kill came in the middle of the removal: the copy is there
                {
                    Durable.WriteText(Path.Combine(before, "rows.csv"), File.ReadAllText(Path.Combine(set, "rows.csv")));
                }

                Durable.RemoveFolder(set);
            }
        }
    }
}
