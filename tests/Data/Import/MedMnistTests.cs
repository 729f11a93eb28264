using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Data.Tests;

public class MedMnistTests
{
    private static ImageSet Read(string path) => Importer.Import(new() { Kind = DatasetKind.MedMnist, Path = path });

    [Fact]
    public void Images_labels_and_the_official_split_come_as_numpy_saved_them()
    {
        var set = Read("goldens/medmnist.npz");
        (set.Count, set.Channels, set.Height, set.Width).ShouldBe((6, 3, 2, 3));
        set.Classes.ShouldBe(["0", "2", "10"]);
        set.Rows.Select(r => (r.Split, r.Label)).ShouldBe([("train", 0), ("train", 1), ("train", 2), ("val", 1), ("test", 2), ("test", 0)]);
        set.Image(1).ToArray().ShouldBe([30, 33, 36, 40, 43, 46, 31, 34, 37, 41, 44, 47, 32, 35, 38, 42, 45, 48]); // planes R, G, B
        set.Image(5)[0].ShouldBe((byte)180);
    }

    [Fact]
    public void Grey_images_and_flat_labels_are_read_too()
    {
        var set = Read("goldens/grey.npz");
        (set.Count, set.Channels).ShouldBe((3, 1));
        set.Image(2).ToArray().ShouldBe([60, 63, 66, 70, 73, 76]);
    }

    [Fact]
    public void What_is_missing_or_damaged_is_named()
    {
        using var folder = new TemporaryFolder();
        Message("goldens/nolabels.npz").ShouldStartWith("goldens/nolabels.npz: no train_labels in it; it holds train_images, ");
        Message(folder["absent.npz"]).ShouldContain("no such file");
        File.WriteAllBytes(folder["cut.npz"], File.ReadAllBytes("goldens/medmnist.npz")[..700]);
        Message(folder["cut.npz"]).ShouldStartWith($"{folder["cut.npz"]}: not a whole .npz");
        Should.Throw<DatasetException>(() => Importer.Import(new() { Kind = DatasetKind.MedMnist, Path = "goldens/medmnist.npz", Classes = ["0", "2"] })).Message
            .ShouldBe("goldens/medmnist.npz: train_labels[2]: label \"10\" is not one of the classes 0, 2");

        static string Message(string path) => Should.Throw<DatasetException>(() => Read(path)).Message;
    }

    [SharedDataFact("retinamnist/retinamnist.npz")]
    public void RetinaMNIST_has_its_published_split_and_class_counts()
    {
        var set = Read(SharedData.Path("retinamnist/retinamnist.npz"));
        ImageRow.Sides.Select(side => set.OfSplit(side).Count).ShouldBe([1080, 120, 400]);
        set.OfSplit("train").ClassCounts().ShouldBe([486, 128, 206, 194, 66]);
        (set.Channels, set.Height, set.Width).ShouldBe((3, 28, 28));
    }
}
