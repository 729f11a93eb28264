using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Vision;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.MLNet.Views;

namespace Odm.MLNet.Judges;

// compiled with -p:OdmVision=true alone: Microsoft.ML.Vision and SciSharp.TensorFlow.Redist are not in every package registry
internal static partial class Vision
{
    static partial void Find(ref bool found) => found = true;

    // one layer on a network of TensorFlow's that is frozen and fetched at the first fit; the last images of the training are not held
    // back, as no arm's validation images take part
    static partial void Make(MLContext ml, MlNetConfig config, ref IEstimator<ITransformer>? made)
    {
        var options = new ImageClassificationTrainer.Options
        {
            LabelColumnName = MlNetTrainers.Label,
            FeatureColumnName = MlNetTrainers.Features,
            ValidationSetFraction = 0,
            Arch = config.Architecture switch
            {
                "inception_v3" => ImageClassificationTrainer.Architecture.InceptionV3,
                "mobilenet_v2" => ImageClassificationTrainer.Architecture.MobilenetV2,
                "resnet_v2_101" => ImageClassificationTrainer.Architecture.ResnetV2101,
                _ => ImageClassificationTrainer.Architecture.ResnetV250,
            },
        };
        options.Epoch = config.Epochs ?? options.Epoch;
        options.BatchSize = config.Batch ?? options.BatchSize;
        options.LearningRate = (float?)config.LearningRate ?? options.LearningRate;
        made = ml.MulticlassClassification.Trainers.ImageClassification(options);
    }

    static partial void View(MLContext ml, ImageSet set, string folder, ref IDataView? view)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < set.Count; i++)
        {
            ImageFiles.SavePng(Place(folder, i), set.Image(i), set.Channels, set.Height, set.Width);
        }
        var rows = new RowsView([ViewColumn.Key(MlNetTrainers.Label, set.Classes, i => set.Rows[i].Label),
            ViewColumn.Text("File", i => Place("", i))], set.Count);
        view = ml.Transforms.LoadRawImageBytes(MlNetTrainers.Features, folder, "File").Fit(rows).Transform(rows);
    }

    private static string Place(string folder, int i)
        => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i:000000}.png"));
}
