using System.Globalization;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.SinGan;

/// <summary>The trainings of a generator, an image's after the other's.</summary>
internal static class SinGanModels
{
    /// <summary>Trains them; a finished one is passed over, an interrupted one goes on.</summary>
    public static void Train(SinGanGeneratorConfig config, TrainingWork work)
    {
        if (config.ImageFaults("generator", work.Images, work.Features).FirstOrDefault() is { } fault)
        {
            throw new StudyException(fault);
        }
        var chosen = work.Images.Select(SinGanSources.Chosen(work.Images.Count, config.Training.Sources, work.Seed));
        var shape = SinGanShape.Of(config.Training, work.Images);
        Directory.CreateDirectory(work.Folder);
        SinGanSources.Write(work.Folder, chosen);
        for (var k = 0; k < chosen.Count; k++)
        {
            var source = k; // of this round's report
            Train(shape, chosen.Select([k]), SinGanSources.FolderOf(work.Folder, k), work, (step, words) =>
                Report(shape, chosen, source, step, words, work));
        }
        SinGanSheet.Draw(chosen, work.Seed, work.Folder, work.Context);
        work.Facts["images"] = chosen.Count * shape.Steps;
        work.Facts["sources"] = chosen.Count;
    }

    /// <summary>Trains one of them; tests and calibration see each step coming.</summary>
    public static void Train(SinGanShape shape, ImageSet image, string folder, TrainingWork work, Action<long, string> report,
        Action<long>? beforeStep = null)
    {
        Directory.CreateDirectory(folder);
        SinGanTraining.Run(new SinGanTask
        {
            Shape = shape,
            Image = image,
            ListFile = TrainingList.Write(folder, image),
            Seed = Rng.Seed(work.Seed, "singan of " + image.Rows[0].Id),
            Folder = folder,
            Context = work.Context,
            Report = report,
            BeforeStep = beforeStep,
        });
    }

    // steps count with the pixels of their scale, so that the time that is left can be told from them
    private static void Report(SinGanShape shape, ImageSet chosen, int source, long step, string words, TrainingWork work)
    {
        var (sides, each) = (shape.Sides, shape.Training.Steps);
        var whole = sides.Sum(s => (long)s * s * each);
        var done = source * whole + sides.Select((s, i) => (long)s * s * Math.Clamp(step - i * each, 0, each)).Sum();
        var note = words.StartsWith('!') || words.StartsWith("resumed", StringComparison.Ordinal) ? $"{words} ({chosen.Rows[source].Id})"
            : string.Create(CultureInfo.InvariantCulture, $"image {source + 1} of {chosen.Count}, {words}");
        work.Context.Report(new(work.Stage, done / 1000, chosen.Count * whole / 1000, 0, "kilopixels", note));
    }
}
