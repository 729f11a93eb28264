using Microsoft.ML;
using Odm.Classify.Classification;
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
    public ITransformer Fit(IDataView input) => NetworkFit.Do(context, options, options.Settings.Faults("settings"),
        () => ImageReader.Open(input, options.Columns).Labelled(), work =>
    {
        var settings = options.Settings with { Steps = options.Settings.Resolve(work.Train.Count).Steps, Epochs = null };
        ClassifierTraining.Train(settings, work.Train, work.Val, online: null, options.Seed, work.Training, work.Context,
            "fit classifier");
        using var classifier = TrainedClassifier.Load(work.Training, work.Context);
        return OnnxChain.Classifier(context, classifier, work.Image, work.File, input);
    });

    /// <summary>What ML.NET's own multiclass trainers add: PredictedLabel and Score.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => OnnxChain.ClassifierShape(context, options.Columns, inputSchema);
}
