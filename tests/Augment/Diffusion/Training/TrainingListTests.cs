using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Augment.Tests;

public sealed class TrainingListTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Before_training_begins_the_images_are_listed_and_the_checkpoint_holds_the_hash_of_list_and_set()
    {
        var images = Small.Images();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => DiffusionTraining.Train(Small.Config, images, 1, folder.Path, Small.Context(cancel: cancelled.Token), "train"));
        var list = TrainingList.Read(folder.Path);
        list.ContentHash.ShouldBe(images.ContentHash);
        list.Images.ShouldBe(images.Rows.Select(r => new TrainedImage(r.Id, r.Group, r.Sha256)));
        File.ReadLines(Path.Combine(folder.Path, TrainingList.FileName)).First().ShouldBe("id,group,sha256");
    }

    [Fact]
    public void A_list_that_is_not_the_checkpoints_or_not_there_is_refused()
    {
        DiffusionTraining.Train(Small.Config with { Steps = 1 }, Small.Images(), 1, folder.Path, Small.Context(), "train");
        var file = Path.Combine(folder.Path, TrainingList.FileName);
        File.AppendAllText(file, "x,,abc\n");
        Should.Throw<DatasetException>(() => TrainingList.Read(folder.Path)).Message.ShouldBe($"{file}: is not the list of what the checkpoint beside it was trained on");
        File.Delete(file);
        Should.Throw<DatasetException>(() => TrainingList.Read(folder.Path)).Message.ShouldStartWith($"{file}: missing");
        Should.Throw<DatasetException>(() => TrainingList.Read(Path.Combine(folder.Path, "none"))).Message.ShouldEndWith("no generator checkpoint there");
    }
}
