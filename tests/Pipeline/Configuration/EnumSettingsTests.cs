using System.Text.Json;
using Odm.Augment.Plans;
using Odm.Augment.Traditional;
using Odm.Classify.Classification;
using Odm.Classify.Losses;
using Odm.Classify.Networks;
using Odm.Classify.Segmentation;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Import;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Tests;

/// <summary>Settings that choose among a fixed set of names: what a study file says, what is written, and what is refused.</summary>
public sealed class EnumSettingsTests : IDisposable
{
    internal sealed record Holder<T>
        where T : struct, Enum
    {
        public T Value { get; init; }
    }

    private readonly MiniStudy mini = new();

    public void Dispose() => mini.Dispose();

    // every field of a study, of all kinds of generators and of downstream, that is an enum
    private static HashSet<(string Field, Type Enum)> Settings()
    {
        var (found, seen) = (new HashSet<(string, Type)>(), new HashSet<Type>());
        Walk(typeof(Study));
        return found;

        void Walk(Type type)
        {
            if (!seen.Add(type))
            {
                return;
            }

            foreach (var kind in Variants.Of(type)?.Values ?? [])
            {
                Walk(kind);
            }

            foreach (var field in Field.Of(type))
            {
                var value = field.Property.PropertyType;
                while (Inner(value) is { } inner)
                {
                    value = inner;
                }

                if (value.IsEnum)
                {
                    found.Add(($"{type.Name}.{field.Key}", value));
                }
                else if (!Scalars.Knows(value))
                {
                    Walk(value);
                }
            }
        }

        static Type? Inner(Type type) => Binder.Element(type) ?? Binder.DictionaryValue(type) ?? Nullable.GetUnderlyingType(type);
    }

    public static TheoryData<Type> Enums() => [.. Settings().Select(s => s.Enum).Distinct().OrderBy(t => t.FullName, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Enums))]
    public void The_word_of_each_value_is_read_and_written_again(Type type)
        => GetType().GetMethod(nameof(RoundTrip), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, null);

    private static void RoundTrip<T>()
        where T : struct, Enum
    {
        var words = EnumWords.All<T>();
        words.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(Enum.GetValues<T>().Length);
        foreach (var (value, word) in Enum.GetValues<T>().Zip(words))
        {
            var bound = Binder.Bind<Holder<T>>(YamlTree.Parse($"value: {word}", "s.yaml"), "s.yaml");
            bound.Value.ShouldBe(value);
            Resolved.Json(bound)!["value"]!.GetValue<string>().ShouldBe(word);
            Binder.Bind<Holder<T>>(YamlTree.Parse(Resolved.Yaml(bound), "s.yaml"), "s.yaml").ShouldBe(bound);
        }

        Should.Throw<StudyException>(() => Binder.Bind<Holder<T>>(YamlTree.Parse("value: zzzzzz", "s.yaml"), "s.yaml")).Message
            .ShouldBe($"s.yaml: value: \"zzzzzz\"; must be one of {string.Join(", ", words)}");
    }

    public static TheoryData<string, Type, string> Fixed() => new()
    {
        { "LearningConfig.optimizer", typeof(OptimizerKind), "sgd adam adamw" },
        { "LearningConfig.schedule", typeof(RateSchedule), "constant steps cosine" },
        { "LearningConfig.normalisation", typeof(NormalisationKind), "imagenet dataset zscore unit symmetric raw" },
        { "ClassifierConfig.network", typeof(ClassifierNetwork), "resnet50 resnet50-v1 cnn" },
        { "ClassifierConfig.stem", typeof(Stem), "paper small" },
        { "SegmenterConfig.network", typeof(SegmenterNetwork), "unet++" },
        { "SegmenterConfig.encoder", typeof(SegmenterEncoder), "se_resnext50_32x4d resnet50 resnet50-v1 resnet18" },
        { "SegmenterConfig.loss", typeof(MaskLoss), "dice dice_bce" },
        { "PlanConfig.share", typeof(PlanShare), "balanced proportional uniform" },
        { "TraditionalConfig.preset", typeof(TraditionalPreset), "none thesis iois polyp" },
        { "TraditionalConfig.mode", typeof(TraditionalMode), "online offline" },
        { "TraditionalConfig.fill", typeof(OutsideFill), "zeros edge" },
        { "SplitConfig.kind", typeof(SplitKind), "official stratified group lists" },
        { "SplitConfig.by", typeof(SplitUnit), "auto group image" },
        { "SplitConfig.near_duplicates", typeof(NearDuplicateAction), "report stop off" },
        { "DatasetConfig.kind", typeof(DatasetKind), "phantom imagefolder csv medmnist image-mask set" },
    };

    [Theory]
    [MemberData(nameof(Fixed))]
    public void The_words_are_those_of_earlier_study_files_and_manifests(string field, Type type, string words)
    {
        EnumWords.All(type).ShouldBe(words.Split(' '));
        var (record, key) = (field.Split('.')[0], field.Split('.')[1]);
        Settings().ShouldContain(s => s.Enum == type && s.Field.EndsWith("." + key, StringComparison.Ordinal) && (record == "LearningConfig" || s.Field == field));
        foreach (Enum value in Enum.GetValues(type))
        {
            JsonSerializer.Serialize(value, type).Trim('"').Replace("\\u002B", "+", StringComparison.Ordinal).ShouldBe(EnumWords.Of(value));
            JsonSerializer.Deserialize($"\"{EnumWords.Of(value)}\"", type).ShouldBe(value);
        }

        Should.Throw<JsonException>(() => JsonSerializer.Deserialize("0", type));
    }

    [Theory]
    [InlineData("downstream.optimizer=rmsprop", "downstream.optimizer: \"rmsprop\"; must be one of sgd, adam, adamw")]
    [InlineData("downstream.optimizer=sgdx", "downstream.optimizer: \"sgdx\"; must be one of sgd, adam, adamw (did you mean 'sgd'?)")]
    [InlineData("downstream.schedule=linear", "downstream.schedule: \"linear\"; must be one of constant, steps, cosine")]
    [InlineData("downstream.normalisation=none", "downstream.normalisation: \"none\"; must be one of imagenet, dataset, zscore, unit, symmetric, raw")]
    [InlineData("downstream.network=vgg", "downstream.network: \"vgg\"; must be one of resnet50, resnet50-v1, cnn")]
    [InlineData("downstream.network=unet++", "downstream.network: \"unet++\"; must be one of resnet50, resnet50-v1, cnn")]
    [InlineData("downstream.stem=big", "downstream.stem: \"big\"; must be one of paper, small")]
    [InlineData("downstream.select_by=iou", "downstream.select_by: \"iou\"; must be one of accuracy, balanced_accuracy, macro_f1, weighted_f1, mcc, qwk, loss")]
    [InlineData("arms.dm.plan={ratio: 1, share: even}", "arms.dm.plan.share: \"even\"; must be one of balanced, proportional, uniform")]
    [InlineData("arms.real.traditional={preset: strong, fill: edge}", "arms.real.traditional.preset: \"strong\"; must be one of none, thesis, iois, polyp")]
    [InlineData("arms.real.traditional={preset: iois, mode: both}", "arms.real.traditional.mode: \"both\"; must be one of online, offline")]
    [InlineData("arms.real.traditional={preset: iois, fill: grey}", "arms.real.traditional.fill: \"grey\"; must be one of zeros, edge")]
    [InlineData("split={kind: thirds}", "split.kind: \"thirds\"; must be one of official, stratified, group, lists")]
    [InlineData("split={kind: group, by: patient}", "split.by: \"patient\"; must be one of auto, group, image")]
    [InlineData("split={kind: group, near_duplicates: maybe}", "split.near_duplicates: \"maybe\"; must be one of report, stop, off")]
    [InlineData("split={val: 0.1}", "split.kind: missing, one of official|stratified|group|lists is required")]
    [InlineData("dataset={kind: dicom}", "dataset.kind: \"dicom\"; must be one of phantom, imagefolder, csv, medmnist, image-mask, set")]
    [InlineData("transfer.x={kind: dicom}", "transfer.x.kind: \"dicom\"; must be one of phantom, imagefolder, csv, medmnist, image-mask, set")]
    public void A_word_that_there_is_not_is_told_with_those_that_there_are(string set, string fault)
        => Told(mini.Write("s.yaml", MiniStudy.Mini), set).ShouldContain(fault);

    [Theory]
    [InlineData("downstream.network=resnet50", "downstream.network: \"resnet50\"; must be one of unet++")]
    [InlineData("downstream.encoder=resnet34", "downstream.encoder: \"resnet34\"; must be one of se_resnext50_32x4d, resnet50, resnet50-v1, resnet18")]
    [InlineData("downstream.loss=cross_entropy", "downstream.loss: \"cross_entropy\"; must be one of dice, dice_bce")]
    public void So_is_one_of_a_segmenter(string set, string fault)
        => Told(Path.Combine(ConfigsTests.Configs, "quickstart-masks.yaml"), set).ShouldContain(fault);

    private static string Told(string file, string set) => Should.Throw<StudyException>(() => StudyFile.Read(file, [set])).Message;

    // hashes of stages cover the order of the fields
    [Fact]
    public void A_network_keeps_its_place_behind_the_recipe()
    {
        Field.Of(typeof(ClassifierConfig)).Take(4).Select(f => f.Key).ShouldBe(["kind", "recipe", "network", "weights"]);
        Field.Of(typeof(SegmenterConfig)).Take(4).Select(f => f.Key).ShouldBe(["kind", "recipe", "network", "weights"]);
    }
}
