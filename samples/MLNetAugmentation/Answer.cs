using Microsoft.ML;
using Microsoft.ML.Data;

namespace Odm.Samples;

/// <summary>What a program that knows ML.NET alone does with a saved model: no type of Odm or TorchSharp is used here.</summary>
internal static class Answer
{
    private sealed class Asked
    {
        [Microsoft.ML.Transforms.Image.ImageType(32, 32)]
        public MLImage? Image { get; init; }
    }

    private sealed class Said
    {
        public string Word { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    /// <summary>Loads a model, predicts one file and prints its class and probabilities.</summary>
    public static void Print(string model, string file)
    {
        var ml = new MLContext();
        var loaded = ml.Model.Load(model, out _);
        var row = ml.Data.LoadFromEnumerable([new Asked { Image = MLImage.CreateFromFile(file) }]);
        var scored = loaded.Transform(row);
        var said = ml.Data.CreateEnumerable<Said>(ml.Transforms.Conversion.MapKeyToValue("Word", "PredictedLabel").Fit(scored).Transform(scored), reuseRowObject: false).First();
        Console.WriteLine($"{System.IO.Path.GetFileName(file)}: grade {said.Word} ({string.Join(", ", said.Score.Select(p => p.ToString("F3", System.Globalization.CultureInfo.InvariantCulture)))})");
    }
}
