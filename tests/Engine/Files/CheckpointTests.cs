using System.Text.Json.Nodes;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Tests;

public class CheckpointTests
{
    private static Checkpoint At(long step) => new()
    {
        Weights = new Dictionary<string, Tensor> { ["conv1.weight"] = tensor(new float[] { step, 2, 3 }) },
        Ema = new Dictionary<string, Tensor> { ["conv1.weight"] = tensor(new float[] { step + .5f, 2, 3 }) },
        State = new CheckpointState
        {
            Step = step,
            Seed = ulong.MaxValue,
            TrainingListHash = "abc",
            Config = JsonNode.Parse("""{"batch":32}"""),
            More = new Dictionary<string, string> { ["best"] = "0.5" },
        },
    };

    [Fact]
    public void Reading_gives_back_tensors_and_state()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        At(7).Write(folder["c"]);
        var read = Checkpoint.TryRead(folder["c"])!;
        read.Weights["conv1.weight"].data<float>().ToArray().ShouldBe([7, 2, 3]);
        read.Ema["conv1.weight"].data<float>().ToArray().ShouldBe([7.5f, 2, 3]);
        read.Optimizer.ShouldBeEmpty();
        (read.State.Step, read.State.Seed, read.State.TrainingListHash, read.State.More["best"]).ShouldBe((7, ulong.MaxValue, "abc", "0.5"));
        read.State.Config!["batch"]!.GetValue<int>().ShouldBe(32);
    }

    [Fact]
    public void There_is_none_before_the_first_and_the_last_one_after()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Checkpoint.TryRead(folder["c"]).ShouldBeNull();
        foreach (var step in new[] { 1, 2, 3 })
        {
            At(step).Write(folder["c"]);
        }
        Checkpoint.TryRead(folder["c"])!.State.Step.ShouldBe(3);
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["c"]]);
    }

    [Fact]
    public void A_kill_at_any_point_of_writing_leaves_a_whole_checkpoint()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        At(1).Write(folder["one"]);
        At(2).Write(folder["two"]);
        // the states that exist on the disk while checkpoint 2 replaces checkpoint 1
        (string Kept, bool Partial, bool Previous, bool InPlace, long Step)[] moments =
        [
            ("one", true, false, true, 1),  // the new one half written
            ("two", true, true, false, 2),  // between the renames
            ("two", false, true, true, 2),  // before the old one is deleted
        ];
        foreach (var (kept, partial, previous, inPlace, step) in moments)
        {
            var at = folder[$"moment-{kept}-{partial}-{previous}"];
            if (inPlace)
            {
                Copy(folder[kept], at);
            }
            if (partial)
            {
                Copy(folder["two"], at + ".partial");
            }
            if (previous)
            {
                Copy(folder["one"], at + ".previous");
            }
            Checkpoint.TryRead(at)!.State.Step.ShouldBe(step);
            At(9).Write(at);
            Checkpoint.TryRead(at)!.State.Step.ShouldBe(9);
            Directory.GetDirectories(folder.Path, Path.GetFileName(at) + "*").Length.ShouldBe(1);
        }

        static void Copy(string from, string to)
        {
            Directory.CreateDirectory(to);
            foreach (var file in Directory.GetFiles(from))
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            }
        }
    }

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("state.json")]
    public void A_damaged_file_is_named(string file)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        At(1).Write(folder["c"]);
        using (var stream = File.OpenWrite(folder["c/" + file]))
        {
            stream.SetLength(stream.Length - 3);
        }
        Should.Throw<DatasetException>(() => Checkpoint.TryRead(folder["c"])).Message.ShouldContain(file);
        File.Delete(folder["c/" + file]);
        Should.Throw<DatasetException>(() => Checkpoint.TryRead(folder["c"])).Message.ShouldContain(file);
    }
}
