using Microsoft.ML;
using Odm.Classify.Segmentation;
using Odm.MLNet.Views;

namespace Odm.MLNet.Trainers;

/// <summary>
/// U-Net++ as an ML.NET estimator: trained in TorchSharp, handed over as a chain of ML.NET's own transformers around an ONNX network, which
/// adds PredictedMask, an image of the size trained on, white where the lesion is.
/// </summary>
public sealed class SegmenterTrainer : IEstimator<ITransformer>
{
    private readonly MLContext context;
    private readonly LearningOptions<SegmenterConfig> options;

    internal SegmenterTrainer(MLContext context, LearningOptions<SegmenterConfig> options)
        => (this.context, this.options) = (context, options);

    /// <summary>Trains; progress goes to <c>MLContext.Log</c>.</summary>
    /// <param name="input">Rows with an image and a mask each; none of the test side.</param>
    /// <exception cref="ArgumentException">A column, a row or a setting is at fault.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint is written where there is a folder.</exception>
    public ITransformer Fit(IDataView input) => NetworkFit.Do(context, options, options.Settings.Faults("settings"),
        () => ImageReader.Open(input, options.Columns, labels: false, masks: true), work =>
    {
        var settings = options.Settings with { Steps = options.Settings.Resolve(work.Train.Count).Steps, Epochs = null };
        SegmenterTraining.Train(settings, work.Train, work.Val, online: null, options.Seed, work.Training, work.Context,
            "fit segmenter");
        using var segmenter = TrainedSegmenter.Load(work.Training, work.Context);
        return OnnxChain.Segmenter(context, segmenter, work.Image, work.File, input);
    });

    /// <summary>The input and PredictedMask, an image.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => OnnxChain.SegmenterShape(context, options.Columns, inputSchema);
}
