using Microsoft.ML.OnnxRuntime;
using Odm.Classify.Classification;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;

namespace Odm.Cli.Tests;

public sealed class ExportCommandTests : IDisposable
{
    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void A_trained_network_is_found_by_arm_and_seed_and_written_as_onnx()
    {
        var run = Path.Combine(odm.Folder, "run");
        var fit = Path.Combine(run, "stages", "fit-real-2-0123456789ab");
        var images = PhantomDataset.Draw(20, 32, 1, [.2, .2, .2, .2, .2]);
        ClassifierTraining.Train(new() { Network = ClassifierNetwork.Cnn, Recipe = "thesis-cnn", Steps = 1, Batch = 4 }, images, images, null, 1, fit,
            new RunContext(TorchSharp.torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None), "fit");
        File.WriteAllText(Path.Combine(fit, "stage.json"), "{}");
        var file = Path.Combine(odm.Folder, "model.onnx");

        var (code, text, error) = Executable.Run("export", run, "--arm", "real", "--seed", "2", "--out", file);
        (code, error).ShouldBe((0, ""));
        text.ShouldContain("probabilities [N, 5] of 0, 1, 2, 3, 4");
        using (var session = new InferenceSession(file))
        {
            session.ModelMetadata.ProducerName.ShouldBe("Odm");
        }

        Fault($"has no finished fit of real-1 (arm, seed); there are real-2", "export", run, "--arm", "real", "--out", file);
        Fault("is no run, no fit stage", "export", odm.Folder, "--out", file);
        Fault("is a folder; give a file", "export", fit, "--out", odm.Folder);

        // truncated, foreign
        foreach (var (name, words) in new[] { ("best.safetensors", "best.safetensors"), ("classifier.json", "classifier.json") })
        {
            var whole = File.ReadAllBytes(Path.Combine(fit, name));
            foreach (var bytes in new[] { [], whole[..(whole.Length / 2)], whole[..^2], "something else"u8.ToArray() })
            {
                File.WriteAllBytes(Path.Combine(fit, name), bytes);
                Fault(words, "export", fit, "--out", Path.Combine(odm.Folder, "cut.onnx"));
                File.Exists(Path.Combine(odm.Folder, "cut.onnx")).ShouldBeFalse();
            }

            File.WriteAllBytes(Path.Combine(fit, name), whole);
        }
    }

    private static void Fault(string words, params string[] arguments)
    {
        var (code, _, error) = Executable.Run(arguments);
        code.ShouldBe(2);
        error.Trim().ShouldNotContain("\n");
        error.ShouldContain(words);
    }
}
