using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Odm.Augment.Traditional;
using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;

namespace Odm.MLNet.Tests;

/// <summary>Networks as estimators: schema, saved models, agreement with TorchSharp.</summary>
public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext ml = new(seed: 1);

    public void Dispose() => folder.Dispose();

    private IDataView Eyes(string? side = "train") => ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes(side: side)));

    private static RunContext Run => new(torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None);

    [Theory]
    [InlineData(ClassifierNetwork.Cnn)]
    [InlineData(ClassifierNetwork.ResNet50)]
    public void Scores_are_those_of_the_network_and_survive_the_model_file(ClassifierNetwork network)
    {
        var data = Eyes();
        var options = Drawn.Classifier with { Settings = Drawn.Classifier.Settings with { Network = network, Steps = 2 }, Folder = folder["fit"] };
        var model = ml.MulticlassClassification.Trainers.ResNet50(ml, options).Fit(data);
        var scored = model.Transform(data);
        var scores = scored.GetColumn<float[]>("Score").ToArray();
        using var classifier = TrainedClassifier.Load(folder["fit/training"], Run);
        var said = classifier.Predict(Drawn.Eyes());
        for (var i = 0; i < scores.Length; i++)
        {
            for (var k = 0; k < 5; k++)
            {
                Math.Abs(scores[i][k] - said.Probabilities[i, k]).ShouldBeLessThan(1e-4);
            }
        }
        scored.GetColumn<uint>("PredictedLabel").ShouldBe(scores.Select(s => (uint)Array.IndexOf(s, s.Max()) + 1));

        ml.Model.Save(model, data.Schema, folder["model.zip"]);
        var loaded = new MLContext().Model.Load(folder["model.zip"], out _);
        loaded.Transform(data).GetColumn<float[]>("Score").SelectMany(s => s).ShouldBe(scores.SelectMany(s => s)); // to the bit
    }

    [Fact]
    public void The_schema_is_that_of_ML_NETs_trainers()
    {
        var data = Eyes();
        var trainer = ml.MulticlassClassification.Trainers.ResNet50(Drawn.Classifier);
        var scored = trainer.Fit(data).Transform(data);
        scored.Schema["PredictedLabel"].Type.ShouldBe(new KeyDataViewType(typeof(uint), 5));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["PredictedLabel"].GetKeyValues(ref names);
        names.DenseValues().Select(n => n.ToString()).ShouldBe(["0", "1", "2", "3", "4"]);
        scored.Schema["Score"].GetSlotNames(ref names);
        names.DenseValues().Select(n => n.ToString()).ShouldBe(["0", "1", "2", "3", "4"]);
        scored.Schema.Where(c => !c.IsHidden).Select(c => c.Name).ShouldBe(data.Schema.Select(c => c.Name).Concat(["Score", "PredictedLabel"]), ignoreOrder: true);

        // before Fit: the same columns, by the shape that an estimator of ML.NET gives for the input
        var shape = trainer.GetOutputSchema(ml.Transforms.CopyColumns("Same", "Label").GetOutputSchema(Shape(data)));
        shape.Select(c => c.Name).ShouldBe(data.Schema.Select(c => c.Name).Concat(["Same", "PredictedLabel", "Score"]), ignoreOrder: true);
        shape.First(c => c.Name == "PredictedLabel").IsKey.ShouldBeTrue();
        shape.First(c => c.Name == "Score").Kind.ShouldBe(SchemaShape.Column.VectorKind.Vector);
    }

    // SchemaShape.Create is internal; an estimator that does nothing is asked for its input
    private SchemaShape Shape(IDataView data)
    {
        SchemaShape? seen = null;
        var probe = new Probe(s => seen = s);
        var chain = ml.Transforms.CopyColumns("Odd", "Label").Append(probe);
        chain.Fit(data);
        return new SchemaShape(seen!.Where(c => c.Name != "Odd"));
    }

    private sealed class Probe(Action<SchemaShape> see) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input)
        {
            see(SchemaOf(input));
            return new MLContext().Transforms.CopyColumns("x", "Label").Fit(input);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            see(inputSchema);
            return inputSchema;
        }

        private static SchemaShape SchemaOf(IDataView data) => (SchemaShape)typeof(SchemaShape)
            .GetMethod("Create", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.Invoke(null, [data.Schema])!;
    }

    [Fact]
    public void ML_NETs_evaluator_agrees_and_cross_validation_works()
    {
        var data = Eyes();
        var trainer = ml.MulticlassClassification.Trainers.ResNet50(ml, Drawn.Classifier);
        var scored = trainer.Fit(data).Transform(data);
        var metrics = ml.MulticlassClassification.Evaluate(scored);
        var ours = ml.MulticlassClassification.EvaluateStudy(scored);
        ours["accuracy"].Value.ShouldBe(metrics.MicroAccuracy, 1e-6);
        ours["balanced_accuracy"].Value.ShouldBe(metrics.MacroAccuracy, 1e-6);
        ours["mcc"].Low.ShouldNotBeNull();
        Should.Throw<ArgumentException>(() => ours["mcx"]).Message.ShouldContain("mcc");
        ml.MulticlassClassification.CrossValidate(data, trainer, numberOfFolds: 2, samplingKeyColumnName: "Group").Count.ShouldBe(2);
    }

    [Fact]
    public void Chains_answer_single_images_from_several_threads()
    {
        var data = Eyes();
        var trainer = ml.MulticlassClassification.Trainers.ResNet50(ml, Drawn.Classifier);
        var chained = ml.Transforms.CopyColumns("Again", "Label").Append(trainer).Append(ml.Transforms.Conversion.MapKeyToValue("Answer", "PredictedLabel")).Fit(data);
        var expected = Drawn.Text(chained.Transform(data), "Answer");
        var eyes = Drawn.Eyes();
        Parallel.For(0, 2, _ =>
        {
            // an engine disposes of its model by default, which the other would still be using
            var own = ml.Model.CreatePredictionEngine<Photo, Answered>(chained, new PredictionEngineOptions { InputSchemaDefinition = Photo.Definition(), OwnsTransformer = false });
            for (var i = 0; i < 5; i++)
            {
                own.Predict(new Photo { Image = Views.MLImages.Of(eyes.Image(i), 3, 32, 32) }).Answer.ShouldBe(expected[i]);
            }
        });
    }

    private sealed class Photo
    {
        [ImageType(32, 32)]
        public MLImage? Image { get; init; }

        [KeyType(5)]
        public uint Label { get; init; }

        public static SchemaDefinition Definition() => SchemaDefinition.Create(typeof(Photo));
    }

    private sealed class Answered
    {
        public string Answer { get; set; } = "";
    }

    private static byte[][] Masks(IDataView scored)
    {
        var column = scored.Schema["PredictedMask"];
        using var cursor = scored.GetRowCursor([column]);
        var (getter, masks) = (cursor.GetGetter<MLImage>(column), new List<byte[]>());
        while (cursor.MoveNext())
        {
            MLImage mask = null!;
            getter(ref mask);
            masks.Add(Views.MLImages.Planes(mask, 1));
            mask.Dispose();
        }
        return [.. masks];
    }

    [Fact]
    public void A_segmenter_adds_the_mask_that_its_network_says()
    {
        var eyes = Odm.Data.Phantom.PhantomDataset.Draw(16, size: 32, seed: 2, shares: [0, 0, 0, .5, .5]);
        var data = ml.Data.LoadFromImageSet(Drawn.Saved(folder, eyes));
        var model = ml.Segmentation().UNetPlusPlus(Drawn.Segmenter with { Folder = folder["fit"] }).Fit(data);
        ml.Model.Save(model, data.Schema, folder["model.zip"]);
        var loaded = new MLContext().Model.Load(folder["model.zip"], out _);
        using var segmenter = TrainedSegmenter.Load(folder["fit/training"], Run);
        var maps = segmenter.Predict(eyes);
        var scored = loaded.Transform(data);
        using var cursor = scored.GetRowCursor([scored.Schema["PredictedMask"]]);
        var getter = cursor.GetGetter<MLImage>(scored.Schema["PredictedMask"]);
        for (var i = 0; cursor.MoveNext(); i++)
        {
            MLImage mask = null!;
            getter(ref mask);
            var plane = Views.MLImages.Planes(mask, 1);
            var differ = plane.Where((v, k) => Math.Abs(maps[i][k] - .5f) > 1e-3 && v != (maps[i][k] > .5f ? 255 : 0)).Count();
            differ.ShouldBe(0);
            mask.Dispose();
        }
        var masks = Masks(scored);
        Parallel.For(0, 3, _ => Masks(loaded.Transform(data)).ShouldBe(masks)); // the transformer is shared
        Should.Throw<ArgumentException>(() => ml.Segmentation().UNetPlusPlus(Drawn.Segmenter).Fit(ml.Transforms.DropColumns("Mask").Fit(data).Transform(data))).Message.ShouldContain("column 'Mask': missing");
    }

    [Fact]
    public void Features_are_those_of_the_extractor()
    {
        var data = Eyes();
        var features = ml.Transforms.ResNet18Features("F").Fit(data).Transform(ml.Data.TakeRows(data, 4)).GetColumn<float[]>("F").ToArray();
        using var extractor = Classify.Features.FeatureExtractors.Open("resnet18-imagenet", Run);
        using var scope = torch.NewDisposeScope();
        var expected = extractor.Extract(Drawn.Eyes().Pixels([0, 1, 2, 3]).to(torch.ScalarType.Float32) / 255).data<float>().ToArray();
        var actual = features.SelectMany(f => f).ToArray();
        actual.Length.ShouldBe(expected.Length);
        var scale = expected.Max(Math.Abs);
        actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4f * scale);
    }

    [Fact]
    public void Trainers_of_ML_NET_learn_from_the_features()
    {
        var data = Eyes();
        var model = ml.Transforms.ResNet18Features().AppendCacheCheckpoint(ml).Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Fit(data);
        ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy.ShouldBeGreaterThan(.9); // of what it has learned
        ml.Model.Save(model, data.Schema, folder["lbfgs.zip"]);
        new MLContext().Model.Load(folder["lbfgs.zip"], out _).Transform(data).GetColumn<uint>("PredictedLabel").ShouldBe(model.Transform(data).GetColumn<uint>("PredictedLabel"));
    }

    [Fact]
    public void Synthetic_copies_of_validation_images_do_not_train()
    {
        var data = Eyes();
        var balanced = ml.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }, Drawn.Options).Balance(data);
        var (train, val) = Trainers.TrainingSides.Of(Views.ImageReader.Open(balanced, new()), .25, 1, folder["sides"]);
        val.Rows.ShouldAllBe(r => r.Origin == "real");
        val.Count.ShouldBeInRange(8, 12);
        var held = val.Rows.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        train.Rows.ShouldAllBe(r => !held.Contains(r.Id) && (r.Origin == "real" || !held.Contains(r.Provenance!.SourceIds)));
        train.Rows.Count(r => r.Origin == "synthetic").ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Options_alone_and_nulls_find_their_entry()
    {
        var trainers = ml.MulticlassClassification.Trainers;
        new[] { trainers.ResNet50(), trainers.ResNet50(null), trainers.ResNet50(options: null), trainers.ResNet50(options: Drawn.Classifier) }.ShouldAllBe(t => t != null);
        Should.Throw<ArgumentNullException>(() => MLContextExtensions.ResNet50(trainers, (Trainers.LearningOptions<ClassifierConfig>)null!));
    }

    [Fact]
    public void Faults_of_settings_and_files_are_one_line()
    {
        var data = Eyes(side: null);
        Should.Throw<ArgumentException>(() => ml.MulticlassClassification.Trainers.ResNet50(ml, Drawn.Classifier with { Settings = new() { SelectBy = "auc" } }).Fit(data)).Message.ShouldContain("settings.select_by");
        Should.Throw<ArgumentException>(() => ml.MulticlassClassification.Trainers.ResNet50(ml, Drawn.Classifier).Fit(data)).Message.ShouldContain("is of the test side");
        Should.Throw<ArgumentException>(() => ml.MulticlassClassification.EvaluateStudy(data)).Message.ShouldContain("column 'Score': missing");
        var model = ml.MulticlassClassification.Trainers.ResNet50(ml, Drawn.Classifier).Fit(Eyes());
        ml.Model.Save(model, data.Schema, folder["model.zip"]);
        var bytes = File.ReadAllBytes(folder["model.zip"]);
        File.WriteAllBytes(folder["cut.zip"], bytes[..(bytes.Length / 2)]);
        Should.Throw<Exception>(() => ml.Model.Load(folder["cut.zip"], out _));
    }
}
