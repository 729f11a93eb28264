using Microsoft.ML;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.MLNet.Running;
using Odm.MLNet.Views;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Preparing;

namespace Odm.MLNet.Augmentation;

/// <summary>
/// Trains a generator on the images of an <see cref="IDataView"/>. It is no <c>IEstimator</c> on purpose: a pipeline would add synthetic
/// rows to test data too (docs/mlnet.md); its model adds them where it is asked to.
/// </summary>
public sealed class GeneratorEstimator
{
    private readonly MLContext context;
    private readonly GeneratorConfig settings;
    private readonly AugmentationOptions options;

    internal GeneratorEstimator(MLContext context, GeneratorConfig settings, AugmentationOptions options)
        => (this.context, this.settings, this.options) = (context, settings, options);

    /// <summary>
    /// Trains, or goes on where a training in <see cref="EngineOptions.Folder"/> stopped. Progress goes to <c>MLContext.Log</c>. Images are
    /// read one by one into a set on disk.
    /// </summary>
    /// <param name="data">Training rows: an image and a class each (with masks where the generator paints). Rows of another side of the
    /// split are refused.</param>
    /// <exception cref="ArgumentException">A column, a row or a setting is at fault; the message names it and what is allowed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint is written.</exception>
    public GeneratorModel Fit(IDataView data) => Runs.Checked(() =>
    {
        Runs.Refuse(GeneratorFile.Faults(settings, "settings"));
        var reader = ImageReader.Open(data, options.Columns, labels: !settings.MakesMasks, masks: settings.MakesMasks, origin: false)
            .Of("train");
        if (!settings.MakesMasks)
        {
            reader.Labelled();
        }
        var (folder, temporary) = Runs.Folder(options);
        var done = false;
        try
        {
            var images = reader.Save(Path.Combine(folder, GeneratorModel.ImagesFolder));
            Runs.Refuse(settings.ImageFaults("settings", images, Extractors.Source));
            foreach (var warning in settings.BudgetWarnings("settings", images.Channels))
            {
                Runs.Log(context, "warning: " + warning);
            }
            settings.Train(new()
            {
                Images = images,
                Seed = options.Seed,
                Folder = Path.Combine(folder, GeneratorModel.TrainingFolder),
                Context = Runs.Context(context, options),
                Stage = $"train {settings.Kind}",
                Features = Extractors.Source,
            });
            GeneratorFile.Write(Path.Combine(folder, GeneratorFile.Name), settings);
            done = true;
            return new GeneratorModel(context, settings, options, folder, temporary);
        }
        finally
        {
            if (!done && temporary)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    });
}
