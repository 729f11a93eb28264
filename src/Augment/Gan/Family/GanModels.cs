using System.Globalization;
using Odm.Augment.Gan.Training;
using Odm.Augment.Generators;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Family;

/// <summary>A training of a generator's: all images, or those of a class.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Images">What it sees.</param>
/// <param name="Label">The class; -1: all.</param>
internal sealed record GanModel(string Folder, ImageSet Images, int Label);

/// <summary>The trainings of a GAN: one, or with <c>classes: separate</c> one for each class below <c>models/</c>.</summary>
internal static class GanModels
{
    private const string ClassesFile = "classes.txt";
    private const int SheetColumns = 10;

    /// <summary>The trainings that the images ask for.</summary>
    public static IReadOnlyList<GanModel> Of(GanGeneratorConfig config, string folder, ImageSet images)
        => config.Classes == ClassHandling.Conditional || images.Classes.Count == 0 ? [new(folder, images, -1)]
            : [.. images.Classes.Select((_, label) => new GanModel(FolderOf(folder, label),
                images.Select([.. Enumerable.Range(0, images.Count).Where(i => images.Rows[i].Label == label)]), label))];

    /// <summary>Trains them one after the other; a finished one is passed over.</summary>
    public static void Train(GanGeneratorConfig config, TrainingWork work)
    {
        if (config.ImageFaults("generator", work.Images, work.Features).FirstOrDefault() is { } fault)
        {
            throw new StudyException(fault);
        }
        Durable.WriteText(Path.Combine(work.Folder, ClassesFile), string.Concat(work.Images.Classes.Select(c => c + "\n")));
        foreach (var model in Of(config, work.Folder, work.Images))
        {
            var stage = model.Label < 0 ? work.Stage : $"{work.Stage}, {work.Images.Classes[model.Label]}";
            Train(config, model, work with { Stage = stage }, beforeStep: null);
        }
        work.Facts["images"] = config.Training.Steps * config.Training.Batch * Of(config, work.Folder, work.Images).Count;
    }

    /// <summary>Trains one of them; tests and calibration see each step coming.</summary>
    internal static void Train(GanGeneratorConfig config, GanModel model, TrainingWork work, Action<long>? beforeStep)
    {
        Directory.CreateDirectory(model.Folder);
        var list = TrainingList.Write(model.Folder, model.Images);
        var shape = config.ShapeFor(model.Images, model.Images.Count);
        var seed = model.Label < 0 ? work.Seed : Rng.Seed(work.Seed, "model of class", model.Label);
        AdversarialTraining.Run(new AdversarialTask
        {
            Config = shape.Training,
            Real = new RealImages(model.Images, shape.Training, shape.Masks, shape.Classes.Count > 0),
            ImagesHash = model.Images.ContentHash,
            Colours = shape.Channels,
            Seed = seed,
            Folder = model.Folder,
            Context = work.Context,
            Stage = work.Stage,
            Sheet = (networks, step) => Sheet(networks, shape, seed, model.Folder, step, work.Context),
            BeforeStep = beforeStep,
        }, () => config.Build(shape, seed, work.Context.Precision), list);
    }

    /// <summary>The trained networks, for drawing.</summary>
    /// <exception cref="DatasetException">One is missing or damaged.</exception>
    public static GanGenerator Open(GanGeneratorConfig config, string folder, RunContext context)
    {
        var file = Path.Combine(folder, ClassesFile);
        string[] classes = File.Exists(file) ? File.ReadAllLines(file) : throw new DatasetException($"{folder}: no trained GAN there");
        return new GanGenerator(config.Classes == ClassHandling.Separate && classes.Length > 0
            ? [.. classes.Select((_, label) => GanGenerator.Open(FolderOf(folder, label), label, config.Build, context))]
            : [GanGenerator.Open(folder, -1, config.Build, context)], classes, config.Drawing, context);
    }

    private static string FolderOf(string folder, int label)
        => Path.Combine(folder, "models", label.ToString(CultureInfo.InvariantCulture));

    // images of the same latents at every interval, a row a class: sheets/step-N.png
    private static void Sheet(GanNetworks networks, GanShape shape, ulong seed, string folder, long step, RunContext context)
    {
        using var scope = NewDisposeScope();
        var rows = Math.Max(1, shape.Classes.Count);
        var labels = Enumerable.Range(0, rows * SheetColumns).Select(i => (long)(i / SheetColumns)).ToArray();
        ulong[] seeds = [.. labels.Select((_, i) => Rng.Seed(seed, "sheet", i))];
        var classes = shape.Classes.Count == 0 ? null : tensor(labels, device: context.Device);
        var images = networks.Draw(networks.Latents(seeds, context.Device), classes, seeds, 1);
        var pixels = GanGenerator.ToPixels(images.narrow(1, 0, shape.Channels), masks: false).bytes.ToArray();
        var set = ImageSet.FromPixels(pixels, shape.Channels, shape.Size, shape.Size,
            [.. labels.Select((l, i) => new ImageRow { Id = $"{i}", Label = shape.Classes.Count == 0 ? -1 : (int)l })], shape.Classes);
        ContactSheet.OfClasses(GeneratorCost.Words($"{shape.Kind}, {step:#,0} steps"), set, SheetColumns)
            .Save(Path.Combine(folder, "sheets", GeneratorCost.Words($"step-{step:D8}.png")));
    }
}
