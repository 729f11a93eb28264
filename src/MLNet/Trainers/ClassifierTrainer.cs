using Microsoft.ML;
using Microsoft.ML.Data;
using Odm.Classify.Classification;
using Odm.MLNet.Running;
using Odm.MLNet.Views;

namespace Odm.MLNet.Trainers;

/// <summary>
/// A classifier of images as an ML.NET estimator: trained in TorchSharp, handed over as a chain of ML.NET's own transformers around an ONNX
/// network, which adds PredictedLabel (key) and Score (probabilities, with the class names as slot names).
/// </summary>
public sealed class ClassifierTrainer : IEstimator<ITransformer>
{
    private readonly MLContext context;
    private readonly LearningOptions<ClassifierConfig> options;

    internal ClassifierTrainer(MLContext context, LearningOptions<ClassifierConfig> options)
        => (this.context, this.options) = (context, options);

    /// <summary>Trains; progress goes to <c>MLContext.Log</c>.</summary>
    /// <param name="input">Rows with an image and a label each; none of the test side.</param>
    /// <exception cref="ArgumentException">A column, a row or a setting is at fault.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint is written where there is a folder.</exception>
    public ITransformer Fit(IDataView input) => Runs.Checked(() =>
    {
        Runs.Refuse(options.Settings.Faults("settings"));
        var reader = ImageReader.Open(input, options.Columns).Labelled();
        var (folder, temporary) = Runs.Folder(options);
        try
        {
            var (train, val) = TrainingSides.Of(reader, options.ValidationShare, options.Seed, folder);
            var run = Runs.Context(context, options);
            var settings = options.Settings with { Steps = options.Settings.Resolve(train.Count).Steps, Epochs = null };
            var training = Path.Combine(folder, "training");
            ClassifierTraining.Train(settings, train, val, online: null, options.Seed, training, run, "fit classifier");
            using var classifier = TrainedClassifier.Load(training, run);
            return OnnxChain.Classifier(context, classifier, new(options.Columns.Image, train.Channels, train.Height, train.Width),
                Path.Combine(folder, "model.onnx"), input);
        }
        finally
        {
            if (temporary)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    });

    /// <summary>What ML.NET's own multiclass trainers add: PredictedLabel and Score.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => OnnxChain.ClassifierShape(context, options.Columns, inputSchema);
}
