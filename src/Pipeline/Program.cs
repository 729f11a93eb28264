Console.WriteLine("odm");
