using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.MLNet.Running;
using Odm.MLNet.Views;
using Odm.Pipeline.Configuration;

namespace Odm.MLNet.Augmentation;

/// <summary>A trained generator: draws images of a class, and balances a view with them.</summary>
public sealed class GeneratorModel : IDisposable
{
    internal const string ImagesFolder = "images";
    internal const string TrainingFolder = "training";
    private const string SetsFolder = "sets";
    private readonly MLContext context;
    private readonly AugmentationOptions options;
    private readonly string folder;
    private readonly bool temporary;

    internal GeneratorModel(MLContext context, GeneratorConfig settings, AugmentationOptions options, string folder, bool temporary)
    {
        (this.context, Settings, this.options, this.folder, this.temporary) = (context, settings, options, folder, temporary);
        Images = ImageSet.Open(Path.Combine(folder, ImagesFolder));
    }

    /// <summary>The settings that it was trained with.</summary>
    public GeneratorConfig Settings { get; }

    /// <summary>Names of the classes that it knows, in order.</summary>
    public IReadOnlyList<string> Classes => Images.Classes;

    private ImageSet Images { get; }

    /// <summary>A model that <see cref="Save"/> wrote.</summary>
    /// <param name="context">Receives progress in its log.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Columns, device, precision, seed; by default the usual ones.</param>
    /// <exception cref="ArgumentException">The folder holds no such model, or a damaged one.</exception>
    public static GeneratorModel Load(MLContext context, string folder, AugmentationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Runs.Checked(() =>
        {
            var settings = GeneratorFile.Read(Path.Combine(folder, GeneratorFile.Name));
            var images = ImageSet.Open(Path.Combine(folder, ImagesFolder));
            foreach (var network in settings.Networks(Path.Combine(folder, TrainingFolder), images))
            {
                TrainingList.Read(network.Folder);
            }
            return new GeneratorModel(context, settings, options ?? new(), folder, temporary: false);
        });
    }

    /// <summary>Writes the model into a folder of its own: settings, weights and, as the guard needs them, the training images.</summary>
    /// <exception cref="ArgumentException">The folder exists already or cannot be written.</exception>
    public void Save(string target) => Runs.Checked(() =>
    {
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new StudyException($"{target}: is not empty; a new folder is needed");
        }
        Engine.Files.Durable.WriteFolder(target, partial =>
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar)[0] != SetsFolder))
            {
                var place = Path.Combine(partial, Path.GetRelativePath(folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                File.Copy(file, place);
            }
        });
        return true;
    });

    /// <summary>Draws images of one class.</summary>
    /// <param name="label">Name of the class.</param>
    /// <param name="count">Images to draw.</param>
    /// <param name="seed">Seed of the set; equal seeds draw equal images.</param>
    /// <returns>A view with Id, Label, Group, Split, Origin, Image and the provenance.</returns>
    /// <exception cref="ArgumentException">No such class, a class without training images, a count below 1, or a generator that paints
    /// into images.</exception>
    public IDataView Sample(string label, int count, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (Settings.MakesMasks)
        {
            throw new ArgumentException($"this generator of kind {Settings.Kind} makes images with masks; call Balance with a plan of "
                + "per_image");
        }
        var place = LabelColumn.Place(Classes, label);
        if (place < 0)
        {
            throw new ArgumentException($"label '{label}': the generator knows no such class; must be one of "
                + string.Join(", ", Classes));
        }
        return Runs.Checked(() =>
        {
            int[] counts = [.. Classes.Select((_, i) => i == place ? count : 0)];
            Learned(counts, $"label '{label}'");
            return new ImageSetView(Made(counts, Images, seed, number: 1), options.Columns);
        });
    }

    /// <summary>
    /// The rows of a view, and after them synthetic ones: up to the largest class by default. Columns: those of
    /// <see cref="ImageColumns"/> that the view has, <c>Origin</c>, and the provenance of synthetic rows; other columns are left out, as
    /// synthetic images have no values for them. Real images are read from the view when they are asked for.
    /// </summary>
    /// <param name="data">Training rows.</param>
    /// <param name="plan">How many images to add.</param>
    /// <param name="seed">Seed of the synthetic rows.</param>
    /// <exception cref="ArgumentException">A row of another side, images of another size than the generator's, a class that the
    /// generator does not know or has learned nothing of, or a plan that does not suit.</exception>
    public IDataView Balance(IDataView data, PlanConfig? plan = null, ulong seed = 1) => Runs.Checked(() =>
    {
        plan ??= Settings.MakesMasks ? new() { PerImage = 1 } : new() { ToLargest = true };
        Runs.Refuse(plan.Faults("plan"));
        if (Settings.MakesMasks != plan.PerImage is not null)
        {
            throw new StudyException($"plan: a generator of kind {Settings.Kind} takes "
                + (Settings.MakesMasks ? "per_image" : "to_largest, total, images, ratio or counts"));
        }
        var reader = ImageReader.Open(data, options.Columns, labels: !Settings.MakesMasks, masks: Settings.MakesMasks, origin: false)
            .Of("train").Fitting(Images);
        var added = Settings.MakesMasks ? Painted(plan, seed) : Drawn(plan, reader.Labelled(), seed);
        return new BalancedView(data, reader, added, options.Columns);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        if (temporary && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private ImageSet Drawn(PlanConfig plan, ImageReader reader, ulong seed)
    {
        if (reader.Rows.FirstOrDefault(r => !Classes.Contains(reader.Classes[r.Label], StringComparer.Ordinal)) is { } stray)
        {
            throw new StudyException($"column '{options.Columns.Label}': row '{stray.Id}' is of class '{reader.Classes[stray.Label]}', "
                + $"which the generator does not know; must be one of {string.Join(", ", Classes)}");
        }
        var counts = Classes.Select(c => reader.Rows.Count(r => reader.Classes[r.Label] == c)).ToArray();
        var added = Plan.From(plan, Classes, counts).Counts;
        Learned(added, "plan");
        return Made(added, Images, seed, number: 1);
    }

    // a class without training images has an embedding as it was drawn at the start
    private void Learned(IReadOnlyList<int> wanted, string field)
    {
        var seen = Images.ClassCounts();
        if (Enumerable.Range(0, wanted.Count).Where(k => wanted[k] > 0 && seen[k] == 0).Select(k => Classes[k]).ToList() is
            { Count: > 0 } bare)
        {
            throw new StudyException($"{field}: asks for images of class {string.Join(", ", bare.Select(c => $"'{c}'"))}, of which there "
                + "was no training image; fit the generator on rows of it, or ask for other classes alone (a plan with counts)");
        }
    }

    // sets of one image per source, each source's taken or left by one draw
    private ImageSet Painted(PlanConfig plan, ulong seed)
    {
        var sets = Enumerable.Range(1, plan.PerImage!.Value).Select(number => Made([Images.Count], Images, seed, number)).ToList();
        var all = ImageSet.Concat([.. sets.Select((s, k) => s.WithRows([.. s.Rows.Select(r => r
            with { Id = string.Create(CultureInfo.InvariantCulture, $"{r.Id}-{k + 1}") })]))]);
        return plan.Probability >= 1 ? all : all.Select([.. Enumerable.Range(0, all.Count).Where(i
            => Rng.For(seed, "chosen " + all.Rows[i].Place).NextBool(plan.Probability))]);
    }

    // kept beside the training under a name that says all that decides it
    private ImageSet Made(IReadOnlyList<int> counts, ImageSet sources, ulong seed, int number)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', counts)} {seed} {number} {sources.ContentHash}\n"
            + $"{GeneratorFile.Text(Settings)}");
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16];
        var place = Path.Combine(folder, SetsFolder, name);
        var work = new SynthesisWork
        {
            Trained = Path.Combine(folder, TrainingFolder),
            Sources = sources,
            Counts = counts,
            Classes = Classes,
            Seed = seed,
            Number = number,
            Folder = Path.Combine(place, "set"),
            Context = Runs.Context(context, options),
            Stage = $"synthesize {Settings.Kind}",
        };
        if (!ImageSetFolder.Exists(work.Folder))
        {
            Settings.Synthesize(work);
        }
        if (Settings.Finishing is null)
        {
            return ImageSet.Open(work.Folder);
        }
        var styled = work with { Folder = Path.Combine(place, "styled", "set"), Stage = $"style {Settings.Kind}" };
        if (!ImageSetFolder.Exists(styled.Folder))
        {
            Settings.Finish(ImageSet.Open(work.Folder), styled);
        }
        return ImageSet.Open(styled.Folder);
    }
}
