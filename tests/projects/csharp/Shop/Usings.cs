global using System.Collections.Generic;
global using Shop.Words;
