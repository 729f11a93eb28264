using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Odm.Classify.Features;
using Odm.MLNet.Running;
using Odm.MLNet.Trainers;
using Odm.MLNet.Views;

namespace Odm.MLNet.Features;

/// <summary>
/// Features of a network trained on ImageNet as a vector column, for any trainer of ML.NET: the numbers that Odm's image metrics and judges
/// see, as a chain of ML.NET's own transformers around ONNX.
/// </summary>
public sealed class FeatureEstimator : IEstimator<ITransformer>
{
    private readonly MLContext context;
    private readonly string extractor;
    private readonly string output;
    private readonly string image;

    internal FeatureEstimator(MLContext context, string extractor, string output, string image)
        => (this.context, this.extractor, this.output, this.image) = (context, extractor, output, image);

    /// <summary>Nothing is trained; the size of the images is read from the column's type or the first row.</summary>
    /// <exception cref="ArgumentException">No image column, an empty view, or weights that are missing.</exception>
    public ITransformer Fit(IDataView input) => Runs.Checked(() =>
    {
        var (height, width) = ImageReader.SizeOf(input, image);
        var folder = Directory.CreateTempSubdirectory("odm-");
        try
        {
            var networks = FeatureExport.Write(extractor, folder.FullName, height, width, OnnxChain.Version);
            var chain = OnnxChain.Pixelled(context, new(image, 3, height, width));
            foreach (var network in networks)
            {
                chain = chain.Append<ITransformer>(OnnxChain.Applied(context, network));
            }
            return OnnxChain.Kept(context, input, chain.Append(context.Transforms.CopyColumns(output, networks[^1].Output))
                .Append(context.Transforms.DropColumns([.. OnnxChain.PixelColumns, .. networks.Select(n => n.Output)])));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });

    /// <summary>The input and a vector of floats.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => context.Transforms.ExtractPixels(output, image).GetOutputSchema(inputSchema);
}
